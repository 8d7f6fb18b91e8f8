//! Lists of records by number.

use bulla_client::{Client, RegisterRecord};
use bulla_types::{Lang, ReasonCode};
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::Lookup;
use crate::members;
use crate::output::Show;
use crate::records::Span;
use crate::text::Said;

/// Which records to list.
#[derive(Args)]
pub(crate) struct Listing {
    /// Only what this member holds | 仅列出该成员持有的
    #[arg(long, value_name = "MEMBER")]
    holder: Option<String>,
    #[command(flatten)]
    span: Span,
}

/// A record as a list shows it.
pub(crate) trait Listed: Sized + Serialize {
    /// As nodes hold it.
    type Record: RegisterRecord;

    /// Reads what it refers to.
    async fn of(record: &Self::Record, lookup: &mut Lookup<'_>) -> Result<Self, Failure>;

    /// All of them for a person.
    fn table(listed: &[Self], lang: Lang) -> String;
}

/// What was listed, rising by number.
#[derive(Serialize)]
#[serde(transparent)]
struct List<L>(Vec<L>);

impl<L: Listed> Show for List<L> {
    fn text(&self, lang: Lang) -> String {
        L::table(&self.0, lang)
    }
}

impl Listing {
    /// Lists them.
    pub(crate) fn show<L: Listed>(&self, context: &Context) -> Result<u8, Failure> {
        let listed = context.run(async {
            let client = context.client().await?;
            let mut lookup = Lookup::new(&client);
            let mut listed = Vec::new();
            for record in &self.read::<L::Record>(&client).await? {
                listed.push(L::of(record, &mut lookup).await?);
            }
            Ok(listed)
        })?;
        context.show(&List(listed))
    }

    /// The records, as the node says.
    async fn read<R: RegisterRecord>(&self, client: &Client) -> Result<Vec<R>, Failure> {
        let holder = match &self.holder {
            Some(named) => Some(members::find(client, named).await?),
            None => None,
        };
        self.span.read(async |from| Ok(client.register::<R>(holder, from, 0).await?)).await
    }
}

/// A number that nothing has.
pub(crate) fn unknown(named: &str) -> Failure {
    Failure::new(ReasonCode::NotFound, Said::name(named))
}
