//! Are the sentences about the rules, or would they hold under any? Each value of each profile is altered in
//! turn, and some sentence must fail. What survives is listed with the reason, in `survivors.toml`.

mod alter;
mod place;
mod run;
mod survivors;

pub(crate) use alter::mutants;
pub(crate) use run::{run, silence};
pub(crate) use survivors::survivors;

use crate::suite::Source;
use crate::{cn_gz_trade_2022, cn_tj_tjifa_003_2022};

/// All sources.
pub(crate) const SOURCES: [&Source; 2] = [&cn_tj_tjifa_003_2022::SOURCE, &cn_gz_trade_2022::SOURCE];
