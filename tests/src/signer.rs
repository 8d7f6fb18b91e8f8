//! A signer process (`bulla-signer`), and a PKCS#11 token in software.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bulla_crypto::{PublicKey, key_file};
use bulla_node::config::{SignerPlace, TokenConfig};
use bulla_types::LedgerId;
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};

use crate::programs::program;
use crate::wait::until;

/// The library that Debian's `softhsm2` installs.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// A signer process with a key file, its record, socket and log in one folder.
pub struct SignerProcess {
    home: PathBuf,
    public_key: PublicKey,
    process: Option<Child>,
}

impl SignerProcess {
    /// Takes this key file away from whoever had it, and starts a signer with it.
    pub async fn take_over(key: &Path, home: &Path, ledger_id: LedgerId) -> Self {
        fs::create_dir(home).unwrap();
        fs::rename(key, home.join("consensus.pem")).unwrap();
        let public_key = key_file::read(&home.join("consensus.pem"), None).unwrap().public_key().clone();
        let config = format!(
            "ledger_id = \"{ledger_id}\"\nrecord = \"record\"\nsocket = \"signer.sock\"\n\n\
             [key]\nfile = \"consensus.pem\"\n"
        );
        fs::write(home.join("signer.toml"), config).unwrap();
        let mut signer = Self { home: home.to_owned(), public_key, process: None };
        signer.start().await;
        signer
    }

    /// Starts the process, and waits until it is up.
    pub async fn start(&mut self) {
        assert!(self.process.is_none(), "the signer runs already");
        let before = self.log().matches("the signer is up").count();
        let log = File::options().create(true).append(true).open(self.home.join("log")).unwrap();
        let process = Command::new(program("bulla-signer"))
            .arg("--config")
            .arg(self.home.join("signer.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.process = Some(process.unwrap());
        until("the signer is up", || {
            let up = self.log().matches("the signer is up").count() > before;
            std::future::ready(up.then_some(()))
        })
        .await;
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.process.take().unwrap().wait().unwrap();
    }

    /// SIGSTOP: it holds its connections and answers nothing.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let process = self.process.as_ref().expect("the signer runs");
        kill_process(Pid::from_child(process), signal).unwrap();
    }

    /// How a node's configuration names it.
    #[must_use]
    pub fn place(&self) -> SignerPlace {
        SignerPlace { public_key: self.public_key.to_string(), socket: Some(self.socket()), tcp: None }
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.home.join("signer.sock")
    }

    /// The key that it signs with.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The folder of its record.
    #[must_use]
    pub fn record(&self) -> PathBuf {
        self.home.join("record")
    }

    /// All that it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }
}

impl Drop for SignerProcess {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- signer ---\n{}", self.log());
        }
    }
}

/// A token of SoftHSM. A program finds it when `SOFTHSM2_CONF` in its environment is [`settings`](Self::settings).
pub struct SoftToken {
    home: PathBuf,
}

impl SoftToken {
    /// Makes a token, and brings the key of this file into it; the file goes.
    ///
    /// # Panics
    /// SoftHSM is not installed: `scripts/setup --checks` does it.
    #[must_use]
    pub fn take_over(key: &Path, home: &Path) -> Self {
        fs::create_dir_all(home.join("tokens")).unwrap();
        let settings = format!("directories.tokendir = {}\n", home.join("tokens").display());
        fs::write(home.join("softhsm2.conf"), settings).unwrap();
        fs::write(home.join("pin"), "4321\n").unwrap();
        fs::set_permissions(home.join("pin"), Permissions::from_mode(0o600)).unwrap();
        let token = Self { home: home.to_owned() };
        token.tool(&["--init-token", "--free", "--label", "bulla", "--pin", "4321", "--so-pin", "8765"]);
        let file = key.display().to_string();
        let id = ["--token", "bulla", "--label", "consensus", "--id", "01", "--pin", "4321"];
        token.tool(&[&["--import", file.as_str()][..], &id].concat());
        fs::remove_file(key).unwrap();
        token
    }

    /// Has the token hang in whatever it is asked: the file in which SoftHSM looks for changes becomes a pipe.
    ///
    /// # Panics
    /// There is not one token in the folder.
    #[must_use]
    pub fn hang(&self) -> HungToken {
        let tokens: Vec<_> =
            fs::read_dir(self.home.join("tokens")).unwrap().map(|item| item.unwrap().path()).collect();
        let [token] = tokens.as_slice() else { panic!("one token: {tokens:?}") };
        let (read, aside) = (token.join("generation"), token.join("generation.aside"));
        let pipe = token.join("generation.pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        fs::copy(&read, &aside).unwrap();
        fs::rename(&pipe, &read).unwrap();
        HungToken { read, aside }
    }

    fn tool(&self, arguments: &[&str]) {
        let ran = Command::new("softhsm2-util")
            .args(arguments)
            .env("SOFTHSM2_CONF", self.settings())
            .output()
            .expect("SoftHSM is missing: run scripts/setup --checks");
        assert!(ran.status.success(), "{ran:?}");
    }

    /// SoftHSM's configuration.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.home.join("softhsm2.conf")
    }

    /// How a configuration names the key.
    #[must_use]
    pub fn config(&self) -> TokenConfig {
        TokenConfig {
            module: MODULE.into(),
            token: "bulla".to_owned(),
            key: "consensus".to_owned(),
            key_id: Some("01".to_owned()),
            pin_file: Some(self.home.join("pin")),
        }
    }
}

/// A token that hangs until it is released.
pub struct HungToken {
    read: PathBuf,
    aside: PathBuf,
}

impl HungToken {
    /// Puts the file back, and lets go of who waits for it.
    pub fn release(self) {
        let pipe = self.read.with_extension("pipe");
        fs::rename(&self.read, &pipe).unwrap();
        fs::rename(&self.aside, &self.read).unwrap();
        // Whoever waits at the other end finds an empty file. Nobody may: this end does not wait for one.
        let opened = rustix::fs::open(&pipe, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty());
        drop(opened);
    }
}
