//! Legal sources, and the act by which a body adopts one.

use bulla_crypto::Hash;
use bulla_types::CreditCode;

use super::closed::closed;
use super::head::Title;
use super::ident::Ident;
use super::profile_id::ProfileId;
use super::table::Named;
use crate::civil_date::CivilDate;

closed! {
    /// What kind of law a source is.
    pub enum SourceForce {
        /// 法律、法规、规章、规范性文件.
        Binding = 1 "binding" "有约束力" "binding",
        /// 推荐性标准、团体标准: binds who adopts it.
        RecommendedStandard = 2 "recommended_standard" "推荐性标准" "recommended standard",
        /// 草案、征求意见稿.
        Draft = 3 "draft" "草案" "draft",
        /// 规划、方案.
        Plan = 4 "plan" "规划" "plan",
    }
}

/// A legal source (依据).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// By which citations refer to it; `main` is what the profile is made from.
    pub id: Ident,
    /// Title of the document.
    pub document: Title,
    /// Its number, if it has one.
    pub number: Option<String>,
    /// Who issued it.
    pub publisher: Title,
    /// What kind of law it is.
    pub force: SourceForce,
    /// First day on which it is in force (施行日期); `None`: the source does not say.
    pub effective_from: Option<CivilDate>,
    /// Last day, when it is limited (有效期).
    pub effective_to: Option<CivilDate>,
}

impl Source {
    /// Whether it is in force on this day. What it does not say does not limit it.
    #[must_use]
    pub fn is_in_force(&self, on: CivilDate) -> bool {
        self.effective_from.is_none_or(|from| from <= on) && self.effective_to.is_none_or(|to| on <= to)
    }
}

impl Named for Source {
    fn name(&self) -> &Ident {
        &self.id
    }
}

/// By whom and by what act a source was filled in (补充规定), so that procedures can run by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The profile of the source.
    pub base_id: ProfileId,
    /// Its version.
    pub base_version: u32,
    /// Its digest.
    pub base_digest: Hash,
    /// The body that runs the procedures.
    pub authority: Title,
    /// The same by its unified social credit code: the member that parties bound to the adopter are.
    pub credit_code: CreditCode,
    /// The document by which it decided.
    pub document: Title,
    /// When it decided.
    pub decided_on: CivilDate,
}
