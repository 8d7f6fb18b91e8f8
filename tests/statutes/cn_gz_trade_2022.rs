//! T-GZ: the Guizhou measures on data circulation and trading, from the registration of parties to the trade
//! voucher. One sentence for each rule.

mod contract;
mod items;
mod parties;
mod performance;
mod rows;
pub(crate) mod stage;
mod terms;

use crate::suite::Source;

pub(crate) const SOURCE: Source = Source {
    name: "cn-gz-trade-2022",
    system: "T-GZ",
    base: stage::base,
    codes: stage::codes,
    statutes: &[
        parties::STATUTES,
        items::STATUTES,
        terms::STATUTES,
        contract::STATUTES,
        performance::STATUTES,
    ],
    rows: rows::ROWS,
};
