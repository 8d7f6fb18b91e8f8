//! What drafts are written with: a ledger that answers, or its genesis alone, where there is no network.

use bulla_client::{Client, TransactionBuilder};
use bulla_types::{BlockTime, CreditCode, KeyId, LedgerId, MemberNumber};
use bulla_verify::TrustedGenesis;

use super::parameters;
use super::texts::{KEY_NEEDED_OFFLINE, LEDGER_NEEDED, NUMBER_NEEDED_OFFLINE};
use crate::context::Context;
use crate::enrolment::administer_key;
use crate::failure::Failure;
use crate::{members, parse};

/// Where a draft is written.
pub(super) enum Desk {
    /// What it says is looked up.
    Ledger(Box<Client>),
    /// No node is named: nothing is looked up.
    Genesis(Box<TrustedGenesis>),
}

impl Desk {
    /// With a ledger, unless a genesis is named and no node.
    pub(super) async fn open(context: &Context) -> Result<Self, Failure> {
        if context.config()?.endpoints.is_empty()
            && let Some(genesis) = context.genesis_if_named()?
        {
            return Ok(Self::Genesis(genesis.into()));
        }
        Ok(Self::Ledger(context.client().await?.into()))
    }

    /// The ledger that the draft is for.
    pub(super) fn ledger_id(&self) -> LedgerId {
        match self {
            Self::Ledger(client) => client.ledger_id(),
            Self::Genesis(genesis) => genesis.ledger_id(),
        }
    }

    /// The ledger itself, for what cannot be written without it.
    pub(super) fn ledger(&self) -> Result<&Client, Failure> {
        match self {
            Self::Ledger(client) => Ok(client),
            Self::Genesis(_) => Err(Failure::config(LEDGER_NEEDED)),
        }
    }

    /// The member that is named.
    pub(super) async fn member(&self, named: &str) -> Result<MemberNumber, Failure> {
        match self {
            Self::Ledger(client) => members::find(client, named).await,
            Self::Genesis(_) if named.parse::<CreditCode>().is_ok() => {
                Err(Failure::config(NUMBER_NEEDED_OFFLINE.with(&[&named])))
            }
            Self::Genesis(genesis) => parse::member(named, genesis.ledger_id()),
        }
    }

    /// The key that a member signs with: the one that is named, or else the one that it was enrolled with.
    pub(super) async fn key(&self, member: MemberNumber, named: Option<&str>) -> Result<KeyId, Failure> {
        match (named, self) {
            (Some(named), _) => parse::key(named),
            (None, Self::Ledger(client)) => administer_key(client, member).await,
            (None, Self::Genesis(_)) => Err(Failure::config(KEY_NEEDED_OFFLINE.with(&[&member]))),
        }
    }

    /// Begins an act that shall be recorded at this time, or else now; it can be within the request window of it.
    pub(super) async fn begin(&self, at: Option<BlockTime>) -> Result<TransactionBuilder, Failure> {
        let (act, window_ms) = match self {
            Self::Ledger(client) => {
                let act = at.map_or_else(|| client.transaction(), |at| client.transaction_at(at));
                (act, parameters::read(client).await?.request_window_ms)
            }
            Self::Genesis(genesis) => {
                let ledger_id = genesis.ledger_id();
                let act = at.map_or_else(
                    || TransactionBuilder::new(ledger_id),
                    |at| TransactionBuilder::at(ledger_id, at),
                );
                // That of the founding: by another one in force now the ledger goes by itself.
                (act, genesis.genesis().parameters().request_window_ms)
            }
        };
        let not_after = BlockTime(act.request_id().time_ms().saturating_add(window_ms));
        Ok(act.not_after(not_after))
    }
}
