//! `bulla bench --cases`: an open-loop load of steps of cases under the two profiles that this program carries.
//!
//! Each step waits for the outcome of the one before it in its case, which the included entry tells; so many cases
//! are open at a time that a step is always there to be taken when one is due. What the profiles need is seen to
//! first: the calendar, both profiles with their overlays for tests, the institutions that these name.

mod drive;
mod form;
mod people;
mod rules;
mod scene;
mod story;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bulla_client::{Client, Signer};
use bulla_crypto::blake3;
use bulla_types::{BlockTime, CaseRecord, ReasonCode, StateKey};

use self::drive::{Plan, Played, Source};
use self::people::Enrolment;
use self::rules::Rules;
use self::scene::Stage;
use self::story::{
    ITEM_REFUSED, PARTY, PARTY_REFUSED, Parts, REGISTRATION, Story, TRADE, UP_TO_CERTIFICATE, UP_TO_ITEM,
    UP_TO_PUBLICITY,
};
use super::drive::Stream;
use super::load;
use crate::commands::localnet::clock;
use crate::complaints::NOT_MADE_READY;
use crate::config::ClientConfig;
use crate::context::{Context, Link};
use crate::failure::Failure;

/// Steps a second while things are made ready.
const READY_RATE: u32 = 300;

/// No step is waited for any longer while things are made ready.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// Certificates whose assets are traded.
const ITEMS: usize = 48;

/// Certificates whose assets are offered and refused, again and again.
const SPARE: usize = 16;

/// The deadlines after which a certificate can be issued.
const PUBLICITY: [&str; 2] = ["publicity_end", "objection_end"];

/// A ledger on which the cases can run.
pub(super) struct Ready<'a> {
    context: &'a Context,
    config: &'a ClientConfig,
    link: &'a Link,
    dir: &'a Path,
    client: Client,
    stage: Arc<Stage>,
    /// Tells the assets of this run from those of others.
    run: u64,
    /// Stories that have led to an item, and to a certificate without one.
    items: Vec<Story>,
    certified: Vec<Story>,
}

impl<'a> Ready<'a> {
    /// Sees to everything that the cases need.
    pub(super) async fn make(
        context: &'a Context,
        config: &'a ClientConfig,
        link: &'a Link,
        dir: &'a Path,
        subjects: u32,
    ) -> Result<Self, Failure> {
        let client = context.client().await?;
        let run = now(&client);
        let enrolment = Enrolment::of(&client, dir).await?;
        let cast = enrolment.cast(subjects, run.0).await?;
        let rules = Rules::in_force(&client, enrolment.bodies(), run).await?;
        let provider = &cast.evidence_provider;
        load::first_deposit(&client, &Signer::new(provider.member, provider.key.clone())).await?;
        let stage = Arc::new(Stage { rules, cast });
        let (items, certified) = (Vec::new(), Vec::new());
        let mut ready = Self { context, config, link, dir, client, stage, run: run.0, items, certified };
        if clock::exists(dir) {
            ready.trade().await?;
        }
        Ok(ready)
    }

    /// Registers parties and items: publicity takes days, so that the clock is put on.
    async fn trade(&mut self) -> Result<(), Failure> {
        let (run, traders) = (self.run, self.traders());
        let assets =
            (0..ITEMS + SPARE).map(|number| Story::new(parts(run, number, traders), UP_TO_PUBLICITY));
        let public = self.play_all(assets.collect()).await?;
        let parties = (0..traders).map(|number| Story::new(parts(run, number, traders), PARTY));
        self.play_all(parties.collect()).await?;

        let mut ends = BlockTime(0);
        for story in &public {
            let case =
                self.client.record(&StateKey::Case(story.memory.case())).await?.read::<CaseRecord>()?;
            let deadlines = case.map(|case| case.deadlines).unwrap_or_default();
            let due = PUBLICITY.iter().filter_map(|name| deadlines.get(*name)?.due);
            ends = due.chain([ends]).max().unwrap_or(ends);
        }
        clock::reach(self.context, self.dir, BlockTime(ends.0 + 1000)).await?;
        self.client.read_clock().await?;

        let (traded, spare) = public.split_at(ITEMS.min(public.len()));
        let go_on = |stories: &[Story], script| stories.iter().map(|story| story.go_on(script)).collect();
        self.items = self.play_all(go_on(traded, UP_TO_ITEM)).await?;
        self.certified = self.play_all(go_on(spare, UP_TO_CERTIFICATE)).await?;
        Ok(())
    }

    /// Plays stories to their end, all of them.
    async fn play_all(&self, stories: Vec<Story>) -> Result<Vec<Story>, Failure> {
        let count = stories.len();
        // Steps are due for all streams in turn, and any of them may play most of the stories.
        let steps = stories.iter().map(Story::left).sum::<usize>() * self.config.endpoints.len();
        let mut stories = stories.into_iter();
        let plan = Plan { rate: READY_RATE, steps, within: READY_WITHIN };
        let Played { total, ended, .. } = self.play(Box::new(move || stories.next()), &plan).await?;
        if ended.len() == count {
            return Ok(ended);
        }
        let reason = total.errors.first_key_value().and_then(|(reason, _)| reason.parse().ok());
        let detail = NOT_MADE_READY.with(&[&ended.len(), &count]);
        Err(Failure::new(reason.unwrap_or(ReasonCode::WaitTimedOut), detail))
    }

    /// Subjects that are parties of the venue; the others never become one.
    fn traders(&self) -> usize {
        self.stage.cast.subjects.len() / 2
    }

    /// Plays stories at a rate for so long: registrations and refused parties; trades and refused items too, where
    /// there are items.
    pub(super) async fn measure(&self, rate: u32, duration: Duration) -> Result<Played, Failure> {
        let steps = u64::from(rate) * duration.as_secs();
        let plan = Plan { rate, steps: usize::try_from(steps).unwrap_or(usize::MAX), within: duration };
        let (run, subjects, traders) = (self.run, self.stage.cast.subjects.len(), self.traders());
        let (items, certified) = (self.items.clone(), self.certified.clone());
        let mut number = ITEMS + SPARE;
        let stories = move || {
            number += 1;
            let parts = parts(run, number, subjects);
            Some(match (number % 4, items.get(number % items.len().max(1))) {
                (0, _) => {
                    let applicant = traders + number % (subjects - traders);
                    Story::new(Parts { applicant, ..parts }, PARTY_REFUSED)
                }
                (1, Some(item)) => item.go_on(TRADE),
                (2, Some(_)) => certified[number % certified.len()].go_on(ITEM_REFUSED),
                _ => Story::new(parts, REGISTRATION),
            })
        };
        self.play(Box::new(stories), &plan).await
    }

    async fn play(&self, source: Source, plan: &Plan) -> Result<Played, Failure> {
        let streams = self.streams().await?;
        drive::play(self.context, &self.stage, &self.client, streams, source, plan).await
    }

    async fn streams(&self) -> Result<Vec<Stream>, Failure> {
        let mut streams = Vec::new();
        for endpoint in &self.config.endpoints {
            let trust = self.link.require_genesis()?;
            let client = Client::connect(&[endpoint], self.link.tls.as_ref(), trust).await?;
            streams.push(Stream::open(&client).await?);
        }
        Ok(streams)
    }
}

/// The ledger's time.
fn now(client: &Client) -> BlockTime {
    BlockTime(client.transaction().request_id().time_ms())
}

/// Who plays in the story of this number, and about what.
fn parts(run: u64, number: usize, subjects: usize) -> Parts {
    let applicant = number % subjects;
    let asset = *blake3(&[b"bulla bench asset", &run.to_be_bytes(), &number.to_be_bytes()]).as_bytes();
    Parts { applicant, other: (applicant + 1) % subjects, asset }
}
