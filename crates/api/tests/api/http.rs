use crate::served::Served;

#[tokio::test]
async fn what_http_refuses_by_its_form_has_a_reason() {
    let node = Served::open().await;
    let refused = |status, reason: &str| (status, reason.to_owned());
    for method in ["POST", "DELETE"] {
        let request = format!("{method} /v1/status HTTP/1.0\r\n\r\n");
        assert_eq!(node.ask(&request).await, refused(405, "MALFORMED"));
    }
    let long = format!("/v1/status?{}", "x".repeat(9_000));
    assert_eq!(node.get(&long, "").await, refused(414, "TOO_LARGE"));
    let field = format!("X-Large: {}\r\n", "x".repeat(17_000));
    assert_eq!(node.get("/v1/status", &field).await, refused(431, "TOO_LARGE"));
    let fields: String = (0..101).map(|number| format!("X-{number}: 1\r\n")).collect();
    assert_eq!(node.get("/v1/status", &fields).await, refused(431, "TOO_LARGE"));
}
