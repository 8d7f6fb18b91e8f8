//! PKCS#11 libraries: loaded and initialised once in a process, and initialised again when a token is gone.
//!
//! Some libraries, SoftHSM's among them, look for tokens when they are initialised and at no other time, so that a token
//! that went away and came back is not found by the ones that run. To initialise a library again ends every session of
//! every key that is used through it, and no other call may be under way meanwhile. So it is done only as long as no
//! key of another token has a session, while nobody calls the library, and once in [`AGAIN_AFTER`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError, Weak};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

/// A library that was initialised less than this ago is not initialised again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Libraries in use. One stays loaded until the process ends.
static LIBRARIES: Mutex<BTreeMap<PathBuf, Arc<Library>>> = Mutex::new(BTreeMap::new());

/// A session, logged in, and the private key in it.
pub(crate) struct Open {
    pub(crate) session: Session,
    pub(crate) private: ObjectHandle,
}

/// The session of a key, as long as it works. Whoever takes it out holds [`Library::calls`].
pub(crate) type Held = Arc<Mutex<Option<Open>>>;

/// See the [module](self).
pub(crate) struct Library {
    /// Read by whoever calls the library; written by whoever initialises it.
    context: RwLock<Pkcs11>,
    /// Of every key that is used through it.
    sessions: Mutex<Vec<Watched>>,
    initialised: Mutex<Instant>,
    /// False when something else in this process had initialised it, and may use it.
    ours: bool,
}

/// The session of a key.
struct Watched {
    /// Label of its token.
    token: String,
    held: Weak<Mutex<Option<Open>>>,
}

impl Library {
    /// The library at this path, initialised.
    pub(crate) fn at(path: &Path) -> Result<Arc<Self>, Error> {
        // Two names of one library are one library to the system.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut libraries = lock(&LIBRARIES);
        if let Some(library) = libraries.get(&path) {
            return Ok(Arc::clone(library));
        }
        let context = Pkcs11::new(&path)?;
        let ours = initialise(&context)?;
        let library = Arc::new(Self {
            context: RwLock::new(context),
            sessions: Mutex::default(),
            initialised: Mutex::new(Instant::now()),
            ours,
        });
        libraries.insert(path, Arc::clone(&library));
        Ok(library)
    }

    /// Calls may be made, and sessions used and closed, as long as this is held.
    pub(crate) fn calls(&self) -> RwLockReadGuard<'_, Pkcs11> {
        self.context.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key of this token has this session from now on, or none.
    pub(crate) fn watch(&self, token: &str, held: &Held) {
        let mut sessions = lock(&self.sessions);
        sessions.retain(|watched| watched.held.strong_count() > 0);
        sessions.push(Watched { token: token.to_owned(), held: Arc::downgrade(held) });
    }

    /// Initialises the library again because this token is not found, if that may be done now. Says whether it was.
    pub(crate) fn start_again(&self, token: &str) -> bool {
        // Somebody calls it, maybe for as long as a token hangs.
        let context = match self.context.try_write() {
            Ok(context) => context,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let mut initialised = lock(&self.initialised);
        if !self.ours || initialised.elapsed() < AGAIN_AFTER {
            return false;
        }
        let sessions = lock(&self.sessions);
        let held = || sessions.iter().filter_map(|watched| Some((&watched.token, watched.held.upgrade()?)));
        if held().any(|(of, held)| of != token && lock(&held).is_some()) {
            return false;
        }
        // Numbers of sessions begin anew: one that were closed later would close another's.
        held().for_each(|(_, held)| *lock(&held) = None);
        *initialised = Instant::now();
        // One that is not initialised, as after a failure here, has nothing to end.
        let _ = context.clone().finalize();
        initialise(&context).is_ok()
    }
}

/// Says whether that was needed.
fn initialise(context: &Pkcs11) -> Result<bool, Error> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) => Ok(true),
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
