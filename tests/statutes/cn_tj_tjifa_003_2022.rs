//! R-TJ: T/TJIFA 003—2022, from the vouchers of third parties over registration and publicity to the
//! certificate, its renewal and its lapse. One sentence for each rule.

mod application;
mod cancellation;
mod certificate;
mod institutions;
mod objection;
mod publicity;
mod review;
mod rows;
pub(crate) mod stage;

use crate::suite::Source;

pub(crate) const SOURCE: Source = Source {
    name: "cn-tj-tjifa-003-2022",
    system: "R-TJ",
    base: stage::base,
    codes: stage::codes,
    statutes: &[
        institutions::STATUTES,
        application::STATUTES,
        review::STATUTES,
        publicity::STATUTES,
        objection::STATUTES,
        certificate::STATUTES,
        cancellation::STATUTES,
    ],
    rows: rows::ROWS,
};
