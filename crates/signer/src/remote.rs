//! A key that a signer process holds.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bulla_crypto::{PublicKey, Signature};
use bulla_types::{ConsensusMessage, Height, LedgerId, ReasonCode, ValidatorProof};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tracing::{info, warn};

use crate::channel::{Channel, Identity, read_frame, secure_to, write_frame};
use crate::key::{KeyFailure, SigningKey, Standing};
use crate::wire::{Answer, Refusal, Request, State};

/// A signer that has not answered within this is away: a vote that comes later than that is of little use.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A connection stands within this.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// Waits between attempts to connect: the first, and the longest.
const AGAIN_AFTER: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Requests that may wait for the connection.
const WAITING_MAX: usize = 16;

/// Where a signer is found.
#[derive(Clone)]
pub enum SignerAddress {
    /// On this machine.
    Socket(PathBuf),
    /// Anywhere, under Noise.
    Tcp {
        /// Host and port.
        address: String,
        /// The key that the signer must have there.
        signer: PublicKey,
        /// The node's own key.
        own: Identity,
    },
}

impl fmt::Display for SignerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Tcp { address, .. } => f.write_str(address),
        }
    }
}

/// A key that a signer holds. The connection is kept, and made anew when it breaks; meanwhile nothing is signed.
pub struct RemoteKey {
    ledger_id: LedgerId,
    public_key: PublicKey,
    place: String,
    asks: mpsc::Sender<Ask>,
    standing: watch::Receiver<Standing>,
}

struct Ask {
    request: Request,
    answer: oneshot::Sender<io::Result<Answer>>,
}

impl RemoteKey {
    /// Begins to connect, within a tokio runtime. The signer must sign for this ledger with this key.
    #[must_use]
    pub fn new(ledger_id: LedgerId, public_key: PublicKey, address: SignerAddress) -> Arc<Self> {
        let (asks, asked) = mpsc::channel(WAITING_MAX);
        let (said, standing) = watch::channel(Standing::Starting);
        let place = address.to_string();
        let line = Line { ledger_id, public_key: public_key.clone(), address, asked, standing: said };
        tokio::spawn(line.run());
        Arc::new(Self { ledger_id, public_key, place, asks, standing })
    }

    fn away(&self, reason: impl fmt::Display) -> KeyFailure {
        KeyFailure::Away { place: self.place.clone(), reason: reason.to_string() }
    }

    fn ask(&self, request: Request) -> Result<Answer, KeyFailure> {
        if *self.standing.borrow() == Standing::Unable(ReasonCode::SignerAway) {
            return Err(self.away("it is being looked for"));
        }
        let (answer, answered) = oneshot::channel();
        self.asks.try_send(Ask { request, answer }).map_err(|error| self.away(error))?;
        match answered.blocking_recv() {
            Ok(Ok(Answer::Refused(refusal))) => Err(KeyFailure::Refused(refusal)),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.away(error)),
            Err(_) => Err(self.away("the connection is gone")),
        }
    }

    fn ask_signature(&self, request: Request, message: &[u8]) -> Result<Signature, KeyFailure> {
        match self.ask(request)? {
            Answer::Signature(signature) if self.public_key.verify_strict(message, &signature).is_ok() => {
                Ok(signature)
            }
            Answer::Signature(_) => Err(self.away("it answered with a wrong signature")),
            other => Err(self.away(format!("it answered {other:?}"))),
        }
    }
}

impl SigningKey for RemoteKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &ConsensusMessage) -> Result<Signature, KeyFailure> {
        self.ask_signature(Request::Sign(*message), &message.preimage())
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, KeyFailure> {
        self.ask_signature(Request::ProveValidator(proof.clone()), &proof.preimage())
    }

    fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    fn tell_network_height(&self, height: Height) -> Result<(), KeyFailure> {
        self.ask(Request::NetworkHeight { ledger_id: self.ledger_id, height }).map(drop)
    }
}

/// The connection's task.
struct Line {
    ledger_id: LedgerId,
    public_key: PublicKey,
    address: SignerAddress,
    asked: mpsc::Receiver<Ask>,
    standing: watch::Sender<Standing>,
}

impl Line {
    /// Runs until the key is dropped.
    async fn run(mut self) {
        let mut again_after = AGAIN_AFTER.0;
        loop {
            let ended = match timeout(CONNECT_WITHIN, self.connect()).await {
                Ok(Ok((channel, state))) => {
                    info!(signer = %self.address, floor = %state.floor, settled = state.settled, "the signer is there");
                    again_after = AGAIN_AFTER.0;
                    self.stand(&state);
                    match self.serve(channel).await {
                        Some(error) => error,
                        None => return,
                    }
                }
                Ok(Err(error)) => error,
                Err(late) => late.into(),
            };
            let was = self.standing.send_replace(Standing::Unable(ReasonCode::SignerAway));
            if was != Standing::Unable(ReasonCode::SignerAway) {
                warn!(signer = %self.address, error = %ended, "the signer is away: this validator abstains");
            }
            if !self.wait(again_after).await {
                return;
            }
            again_after = (again_after * 2).min(AGAIN_AFTER.1);
        }
    }

    async fn connect(&self) -> io::Result<(Channel, State)> {
        let mut channel: Channel = match &self.address {
            SignerAddress::Socket(path) => Box::new(UnixStream::connect(path).await?),
            SignerAddress::Tcp { address, signer, own } => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                secure_to(stream, own, signer).await?
            }
        };
        match exchange(&mut channel, &Request::Hello { ledger_id: self.ledger_id }).await? {
            Answer::Welcome { public_key, state } if public_key == self.public_key.to_bytes() => {
                Ok((channel, state))
            }
            Answer::Welcome { .. } => Err(io::Error::other("it holds another key than the configured one")),
            Answer::Refused(refusal) => Err(io::Error::other(refusal.to_string())),
            other => Err(io::Error::other(format!("it answered {other:?}"))),
        }
    }

    /// Carries requests until the connection breaks, and says why; `None` when nobody will ask any more.
    async fn serve(&mut self, mut channel: Channel) -> Option<io::Error> {
        loop {
            let mut unasked = [0];
            let Ask { request, answer } = tokio::select! {
                ask = self.asked.recv() => ask?,
                read = channel.read(&mut unasked) => {
                    return Some(match read {
                        Ok(0) => io::ErrorKind::ConnectionAborted.into(),
                        Ok(_) => io::Error::other("it spoke without being asked"),
                        Err(error) => error,
                    });
                }
            };
            let answered = match timeout(ANSWER_WITHIN, exchange(&mut channel, &request)).await {
                Ok(answered) => answered,
                Err(late) => Err(late.into()),
            };
            match &answered {
                Ok(Answer::State(state)) => self.stand(state),
                Ok(Answer::Refused(Refusal::Unsettled)) => {
                    self.standing.send_replace(Standing::AwaitsNetworkHeight);
                }
                // What does not work there, a person must see here.
                Ok(Answer::Refused(Refusal::KeyFailed | Refusal::RecordFailed)) => {
                    self.standing.send_replace(Standing::Unable(ReasonCode::SignerFailed));
                }
                Ok(Answer::Signature(_)) => {
                    self.standing.send_if_modified(|standing| {
                        let failed = *standing == Standing::Unable(ReasonCode::SignerFailed);
                        if failed {
                            *standing = Standing::Able;
                        }
                        failed
                    });
                }
                Ok(Answer::Welcome { .. } | Answer::Refused(_)) | Err(_) => {}
            }
            let broken = answered.as_ref().err().map(|error| io::Error::new(error.kind(), error.to_string()));
            // Whoever asked may have stopped waiting.
            let _ = answer.send(answered);
            if broken.is_some() {
                return broken;
            }
        }
    }

    fn stand(&self, state: &State) {
        let standing = if state.settled { Standing::Able } else { Standing::AwaitsNetworkHeight };
        self.standing.send_replace(standing);
    }

    /// Waits, and tells whoever asks meanwhile that the signer is away. Whether anybody may still ask.
    async fn wait(&mut self, time: Duration) -> bool {
        let until = tokio::time::Instant::now() + time;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return true,
                ask = self.asked.recv() => match ask {
                    Some(ask) => _ = ask.answer.send(Err(io::ErrorKind::NotConnected.into())),
                    None => return false,
                },
            }
        }
    }
}

async fn exchange(channel: &mut Channel, request: &Request) -> io::Result<Answer> {
    write_frame(channel, &request.encode()).await?;
    let frame = read_frame(channel).await?.ok_or(io::ErrorKind::ConnectionAborted)?;
    Answer::decode(&frame).map_err(io::Error::other)
}
