//! The signer process: who may ask, and how many at once.

use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bulla_crypto::PublicKey;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use crate::channel::{Channel, FRAME_WITHIN, Identity, read_frame, secure_from, write_frame};
use crate::places::{Leaves, Places};
use crate::signer::Signer;
use crate::wire::{Answer, Refusal};

/// Connections at a time on the socket, and as many over TCP whose handshake is done. A node has one; more are for one
/// that starts again.
const CONNECTIONS_MAX: usize = 8;

/// Handshakes over TCP at a time. Anyone can begin one, so they take no place of a node.
const HANDSHAKES_MAX: usize = 64;

/// How long a listener rests that the system refuses a connection, as when there are too many open files.
const REST: Duration = Duration::from_millis(100);

/// Permissions of a socket for its owner, and for its group too.
const MODES: (u32, u32) = (0o600, 0o660);

/// Where a signer answers. Bound and not served yet.
pub struct Listeners {
    socket: Option<Socket>,
    tcp: Option<Tcp>,
}

struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

struct Tcp {
    listener: TcpListener,
    own: Identity,
    nodes: Vec<PublicKey>,
}

impl Listeners {
    /// None yet.
    #[must_use]
    pub fn none() -> Self {
        Self { socket: None, tcp: None }
    }

    /// Listens on a unix socket. One that a signer has left behind is taken away; one on which somebody answers is
    /// not. The process must make files that others cannot use (`umask`), so that the socket is never open to more
    /// than it should be.
    ///
    /// # Errors
    /// The path is taken, or what the system says.
    pub fn on_socket(&mut self, path: &Path, for_group: bool) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(found) if found.file_type().is_socket() => match std::os::unix::net::UnixStream::connect(path)
            {
                Ok(_) => {
                    return Err(io::Error::new(io::ErrorKind::AddrInUse, "another process answers there"));
                }
                Err(_) => fs::remove_file(path)?,
            },
            Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it exists and is no socket")),
        }
        let listener = UnixListener::bind(path)?;
        let mode = if for_group { MODES.1 } else { MODES.0 };
        fs::set_permissions(path, Permissions::from_mode(mode))?;
        self.socket = Some(Socket { listener, path: path.to_owned() });
        Ok(())
    }

    /// Listens on TCP, for the nodes with these keys.
    ///
    /// # Errors
    /// What the system says.
    pub async fn on_tcp(
        &mut self,
        listen: SocketAddr,
        own: Identity,
        nodes: Vec<PublicKey>,
    ) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(listen).await?;
        let bound = listener.local_addr()?;
        self.tcp = Some(Tcp { listener, own, nodes });
        Ok(bound)
    }

    /// Answers until dropped. Without listeners it waits for ever.
    pub async fn serve(self, signer: Arc<Signer>) {
        let mut listening = JoinSet::new();
        if let Some(socket) = self.socket {
            listening.spawn(listen_on_socket(socket, Arc::clone(&signer)));
        }
        if let Some(tcp) = self.tcp {
            listening.spawn(listen_on_tcp(tcp, signer));
        }
        while listening.join_next().await.is_some() {}
        std::future::pending::<()>().await;
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Gone already, or in the way of nobody: the next signer takes it away.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whoever may open the socket is the signer's own user or group: they wait for each other.
async fn listen_on_socket(socket: Socket, signer: Arc<Signer>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match socket.listener.accept().await {
            Ok((stream, _)) => {
                info!("a node has connected to the socket");
                let signer = Arc::clone(&signer);
                connections.spawn(async move {
                    attend(Box::new(stream), signer).await;
                    drop(permit);
                });
            }
            Err(error) => rest(&error).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Everybody may begin a handshake, and none of them keeps another one out.
async fn listen_on_tcp(tcp: Tcp, signer: Arc<Signer>) {
    let Tcp { listener, own, nodes } = tcp;
    let nodes: Arc<[PublicKey]> = nodes.into();
    let (let_in, mut entering) = mpsc::channel(CONNECTIONS_MAX);
    let mut handshakes = Places::new(HANDSHAKES_MAX, Leaves::Anyone { turn: 0 });
    let mut connections = Places::new(CONNECTIONS_MAX, Leaves::Oldest);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    let (own, nodes, let_in) = (own.clone(), Arc::clone(&nodes), let_in.clone());
                    handshakes.give(shake_hands(stream, from, own, nodes, let_in));
                }
                Err(error) => rest(&error).await,
            },
            Some(channel) = entering.recv() => connections.give(attend(channel, Arc::clone(&signer))),
        }
    }
}

/// Passes the connection on if it is one of these nodes'.
async fn shake_hands(
    stream: TcpStream,
    from: SocketAddr,
    own: Identity,
    nodes: Arc<[PublicKey]>,
    let_in: mpsc::Sender<Channel>,
) {
    let secured = match stream.set_nodelay(true) {
        Ok(()) => secure_from(stream, &own, &nodes).await,
        Err(error) => Err(error),
    };
    match secured {
        Ok(channel) => {
            info!(%from, "a node has connected");
            // An error means that nobody serves any more.
            let _ = let_in.send(channel).await;
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            warn!(%from, %error, "a connection was refused");
        }
        // Anyone can begin one and say no more.
        Err(error) => debug!(%from, %error, "a handshake came to nothing"),
    }
}

async fn rest(error: &io::Error) {
    warn!(%error, "a connection could not be taken");
    tokio::time::sleep(REST).await;
}

/// Answers one connection until it ends or breaks the rules.
async fn attend(mut channel: Channel, signer: Arc<Signer>) {
    // Who does not begin takes the place of one that does.
    let mut next =
        timeout(FRAME_WITHIN, read_frame(&mut channel)).await.unwrap_or_else(|late| Err(late.into()));
    let mut greeted = false;
    loop {
        let frame = match next {
            Ok(Some(frame)) => frame,
            Ok(None) => return debug!("a node has disconnected"),
            Err(error) => return warn!(%error, "a connection has ended"),
        };
        let answer = match answer(&signer, frame).await {
            Answer::Signature(_) | Answer::State(_) if !greeted => Answer::Refused(Refusal::Malformed),
            answer => answer,
        };
        if let Err(error) = write_frame(&mut channel, &answer.encode()).await {
            return warn!(%error, "an answer was not taken");
        }
        match answer {
            Answer::Welcome { .. } => greeted = true,
            Answer::Refused(
                refusal @ (Refusal::Malformed | Refusal::OtherLedger | Refusal::UnknownVersion),
            ) => return warn!(%refusal, "a connection was closed"),
            _ => {}
        }
        next = read_frame(&mut channel).await;
    }
}

/// The record is synced and the key may be a device: off the threads that must not wait.
async fn answer(signer: &Arc<Signer>, frame: Vec<u8>) -> Answer {
    let signer = Arc::clone(signer);
    let answered = tokio::task::spawn_blocking(move || signer.answer(&frame)).await;
    answered.unwrap_or_else(|panic| {
        tracing::error!(%panic, "the signer panicked");
        Answer::Refused(Refusal::KeyFailed)
    })
}
