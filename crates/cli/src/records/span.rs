//! Part of a list whose items rise by number, read page by page.

use clap::Args;

use crate::failure::Failure;
use crate::numbers::within;

// Which part. No help text: commands that have it say what they list.
#[derive(Args)]
pub(crate) struct Span {
    /// From this number on | 起始编号
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = within::<u64>(1, u64::MAX))]
    from: u64,
    /// At most this many; all if not given | 最多条数，默认全部
    #[arg(long, value_name = "N", value_parser = within::<usize>(0, u64::MAX))]
    limit: Option<usize>,
}

impl Span {
    /// Reads it. `page` gives what a node has from a number on, and the number from which there is more, if there is.
    pub(crate) async fn read<T>(
        &self,
        mut page: impl AsyncFnMut(u64) -> Result<(Vec<T>, Option<u64>), Failure>,
    ) -> Result<Vec<T>, Failure> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let (mut read, mut next) = (Vec::new(), Some(self.from));
        while let Some(from) = next.filter(|_| read.len() < limit) {
            let (found, after) = page(from).await?;
            read.extend(found);
            next = after;
        }
        read.truncate(limit);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Ten items, four to a page.
    async fn read(from: u64, limit: Option<usize>) -> (Vec<u64>, usize) {
        let mut pages = 0;
        let span = Span { from, limit };
        let items = span.read(async |from| {
            pages += 1;
            let page: Vec<u64> = (from..=10).take(4).collect();
            let next = page.last().map(|last| last + 1).filter(|next| *next <= 10);
            Ok((page, next))
        });
        (items.await.unwrap(), pages)
    }

    #[tokio::test]
    async fn pages_are_read_as_far_as_items_are_wanted() {
        assert_eq!(read(1, None).await, ((1..=10).collect(), 3));
        assert_eq!(read(7, None).await, (vec![7, 8, 9, 10], 1));
        assert_eq!(read(1, Some(5)).await, ((1..=5).collect(), 2));
        assert_eq!(read(1, Some(0)).await, (Vec::new(), 0));
        assert_eq!(read(11, None).await, (Vec::new(), 1));
    }
}
