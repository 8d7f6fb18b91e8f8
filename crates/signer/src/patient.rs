//! Calls that may never come back, on a thread of their own.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Something that is called on a thread of its own, and waited for so long and no longer. One that hangs keeps its
/// thread; what is asked meanwhile is refused at once, and asked again when it has come back.
///
/// When this is dropped, so is what is called, and that is waited for, [`ENDS_WITHIN`] at most: a process that ends while
/// a thread is in a library whose own end has begun is killed by the system.
pub(crate) struct Patient<T> {
    /// Nothing while it is dropped.
    calls: Mutex<Option<Sender<Call<T>>>>,
    /// Whether a call has not come back.
    away: Arc<AtomicBool>,
    /// Says no more when its thread has let go of what is called.
    ended: Mutex<Receiver<()>>,
}

/// How long it is waited for that what is called is let go.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

type Call<T> = Box<dyn FnOnce(&mut T) + Send>;

/// It has not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence;

/// Why there is nothing to call.
#[derive(Debug)]
pub(crate) enum Unmade<E> {
    /// The system gives no thread.
    Thread(io::Error),
    /// It was not made in time.
    Silent,
    /// It was not made.
    Failed(E),
}

impl<T: 'static> Patient<T> {
    /// Makes what is to be called, on its thread, and something to say of it.
    pub(crate) fn make<R: Send + 'static, E: Send + 'static>(
        name: &str,
        within: Duration,
        make: impl FnOnce() -> Result<(T, R), E> + Send + 'static,
    ) -> Result<(Self, R), Unmade<E>> {
        let (calls, called) = channel();
        let (said, says) = sync_channel(1);
        let (ends, ended) = channel();
        let run = move || {
            match make() {
                Ok((made, said_of_it)) => {
                    // Nobody listens any more when that took too long, and then nobody calls.
                    let _ = said.send(Ok(said_of_it));
                    attend(made, &called);
                }
                Err(error) => _ = said.send(Err(error)),
            }
            drop::<Sender<()>>(ends);
        };
        thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Unmade::Thread)?;
        match says.recv_timeout(within) {
            Ok(Ok(said)) => {
                let (calls, ended) = (Mutex::new(Some(calls)), Mutex::new(ended));
                Ok((Self { calls, away: Arc::default(), ended }, said))
            }
            Ok(Err(error)) => Err(Unmade::Failed(error)),
            Err(_) => Err(Unmade::Silent),
        }
    }

    /// Calls it. Callers take turns, each waiting `within` at most.
    pub(crate) fn ask<R: Send + 'static>(
        &self,
        within: Duration,
        call: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, Silence> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if self.away.swap(true, Ordering::AcqRel) {
            return Err(Silence);
        }
        let (answer, answered) = sync_channel(1);
        let away = Arc::clone(&self.away);
        let called: Call<T> = Box::new(move |made| {
            let answered = call(made);
            away.store(false, Ordering::Release);
            // What comes too late is of no use.
            let _ = answer.send(answered);
        });
        calls.as_ref().ok_or(Silence)?.send(called).map_err(|_| Silence)?;
        answered.recv_timeout(within).map_err(|_| Silence)
    }
}

impl<T> Drop for Patient<T> {
    fn drop(&mut self) {
        *self.calls.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        if !self.away.load(Ordering::Acquire) {
            // Either way there is nothing more to wait for.
            let _ = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(ENDS_WITHIN);
        }
    }
}

/// Takes one call after the other, until there is nobody to call.
fn attend<T>(mut made: T, called: &Receiver<Call<T>>) {
    while let Ok(call) = called.recv() {
        call(&mut made);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);

    fn counter() -> Patient<u32> {
        Patient::make("counter", LONG, || Ok::<_, ()>((0_u32, ()))).unwrap().0
    }

    fn next(count: &mut u32) -> u32 {
        *count += 1;
        *count
    }

    #[test]
    fn what_hangs_is_not_waited_for_and_is_asked_again_when_it_has_come_back() {
        let counter = counter();
        assert_eq!(counter.ask(LONG, next), Ok(1));
        let (release, released) = channel();
        let hangs = move |_: &mut u32| released.recv().unwrap_or(());
        assert_eq!(counter.ask(SHORT, hangs), Err(Silence));
        // Refused at once: a limit of a minute is not waited for.
        let asked = std::time::Instant::now();
        assert_eq!(counter.ask(LONG, next), Err(Silence));
        assert!(asked.elapsed() < LONG);
        release.send(()).unwrap();
        let again = std::iter::repeat_with(|| counter.ask(LONG, next)).find(Result::is_ok);
        assert_eq!(again, Some(Ok(2)));
    }

    #[test]
    fn what_is_not_made_in_time_or_at_all_is_said() {
        let (_release, released) = channel::<()>();
        let hangs = move || released.recv().map(|()| (0, ())).map_err(drop);
        assert!(matches!(Patient::<u32>::make("hangs", SHORT, hangs), Err(Unmade::Silent)));
        let fails = || Err::<(u32, ()), _>("no token");
        assert!(matches!(Patient::make("fails", LONG, fails), Err(Unmade::Failed("no token"))));
    }

    #[test]
    fn what_is_called_is_gone_when_it_is_dropped_unless_it_hangs() {
        struct Session(Arc<AtomicBool>);
        impl Drop for Session {
            fn drop(&mut self) {
                thread::sleep(SHORT);
                self.0.store(true, Ordering::Release);
            }
        }
        let closed = Arc::<AtomicBool>::default();
        let session = Session(Arc::clone(&closed));
        drop(Patient::make("session", LONG, || Ok::<_, ()>((session, ()))).unwrap());
        assert!(closed.load(Ordering::Acquire));

        let counter = counter();
        let (_release, released) = channel::<()>();
        assert_eq!(counter.ask(SHORT, move |_| released.recv().is_ok()), Err(Silence));
        let dropped = std::time::Instant::now();
        drop(counter);
        assert!(dropped.elapsed() < ENDS_WITHIN, "what hangs is not waited for");
    }

    #[test]
    fn what_panics_is_away_for_good() {
        let counter = counter();
        assert_eq!(counter.ask(LONG, |_: &mut u32| -> u32 { panic!("a broken library") }), Err(Silence));
        assert_eq!(counter.ask(LONG, next), Err(Silence));
    }
}
