//! Lists of records by number.

use bulla_client::{Client, RegisterRecord};
use bulla_types::{Lang, ReasonCode};
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::Lookup;
use crate::members;
use crate::numbers::within;
use crate::output::Show;
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
