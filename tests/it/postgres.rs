//! A PostgreSQL server of one test: on loopback, in a folder of its own, as a user without rights, stopped at the end.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::tools::have;

/// Who runs the server when the tests run as root, which PostgreSQL refuses.
const NOBODY: u32 = 65_534;
/// Another program may take the free port between looking and starting.
const TRIES: usize = 5;

pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// A fresh server with the empty base `postgres`; `None`, with a message, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// When it does not start, or is missing although tools are required.
    pub fn start() -> Option<Postgres> {
        let programs = programs();
        let initdb = programs.join("initdb");
        if !have(&[initdb.to_str()?, "psql"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        if fs::metadata(folder.path()).unwrap().uid() == 0 {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut server = Postgres { folder, programs, port: 0 };
        server
            .control("initdb", &["-D", "data", "-U", "sverka", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        for _ in 0..TRIES {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let options =
                format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", server.port);
            if server.try_control("pg_ctl", &["-D", "data", "-o", &options, "-l", "log", "-w", "start"]) {
                return Some(server);
            }
        }
        panic!("{}", fs::read_to_string(server.folder.path().join("log")).unwrap_or_default());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a user who must give this password; others need none.
    pub fn add_user(&self, name: &str, password: &str) {
        let rules = self.folder.path().join("data/pg_hba.conf");
        let others = fs::read_to_string(&rules).unwrap();
        fs::write(&rules, format!("host all {name} 127.0.0.1/32 scram-sha-256\n{others}")).unwrap();
        let sql = format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'; GRANT pg_read_all_data TO {name}");
        for sql in [sql.as_str(), "SELECT pg_reload_conf()"] {
            assert!(self.psql().args(["-q", "-c", sql]).stdout(Stdio::null()).status().unwrap().success());
        }
    }

    /// `psql` for this server, without settings of the user.
    pub fn psql(&self) -> Command {
        let mut command = Command::new("psql");
        command.args(["-X", "-h", "127.0.0.1", "-p", &self.port().to_string(), "-U", "sverka", "-d", "postgres"]);
        command.stdin(Stdio::null()).env_remove("PGOPTIONS");
        command
    }

    fn try_control(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        // The server inherits what is piped and would keep it open.
        command.stdout(Stdio::null()).stderr(Stdio::null()).env("LC_ALL", "C");
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.status().unwrap().success()
    }

    fn control(&self, program: &str, arguments: &[&str]) {
        assert!(self.try_control(program, arguments), "{program} {arguments:?}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.try_control("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]);
    }
}

/// Where Debian keeps the programs of the newest server, else the search path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok()).max();
    newest.map_or_else(PathBuf::new, |version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
}
