//! Lists of records by number.

use bulla_client::{Client, RegisterRecord};
use bulla_types::ReasonCode;
use clap::Args;

use crate::failure::Failure;
use crate::members;
use crate::numbers::within;
use crate::text::Said;

/// Which records to list.
#[derive(Args)]
pub(crate) struct Listing {
    /// Only what this member holds | 仅列出该成员持有的
    #[arg(long, value_name = "MEMBER")]
    holder: Option<String>,
    /// From this number on | 起始编号
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = within::<u64>(1, u64::MAX))]
    from: u64,
    /// At most this many; all if not given | 最多条数，默认全部
    #[arg(long, value_name = "N", value_parser = within::<usize>(0, u64::MAX))]
    limit: Option<usize>,
}

impl Listing {
    /// The records, as the node says.
    pub(crate) async fn read<R: RegisterRecord>(&self, client: &Client) -> Result<Vec<R>, Failure> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let holder = match &self.holder {
            Some(named) => Some(members::find(client, named).await?),
            None => None,
        };
        let (mut records, mut next) = (Vec::new(), Some(self.from));
        while let Some(from) = next.filter(|_| records.len() < limit) {
            let (page, after) = client.register::<R>(holder, from, 0).await?;
            records.extend(page);
            next = after;
        }
        records.truncate(limit);
        Ok(records)
    }
}

/// A number that nothing has.
pub(crate) fn unknown(named: &str) -> Failure {
    Failure::new(ReasonCode::NotFound, Said::name(named))
}
