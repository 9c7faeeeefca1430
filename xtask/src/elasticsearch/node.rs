//! One server's run folder, and its start from an extracted distribution.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::{
    Major, ServerHandle, Spec,
    folders::{self, RunFolder, SERVER_UID},
    process::Process,
    state::{Life, State},
    tls,
};

/// The user of the secured server.
const USER: &str = "djelme";

/// Where a node listens, and how it finds the others of its cluster.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) http: u16,
    pub(super) transport: u16,
    /// Lines of its settings.
    pub(super) discovery: String,
}

/// Makes the run folder and starts the server in it, without waiting until it answers.
pub(super) fn start(spec: Spec, run: &RunFolder, home: &Path, java: &Path) -> Result<State> {
    let [http, transport] = free_ports(2)?[..] else { bail!("no free ports") };
    let name = "djelme-test".to_owned();
    let network = Network { name, http, transport, discovery: ALONE.to_owned() };
    let handle = prepare(spec, run, home, &network)?;
    spec.say(&format!("starting on port {http}"));
    let process = launch(spec, spec.heap_mib(), run, home, java)?;
    Ok(State { handle, life: Life::Process(process) })
}

/// Makes the folder that the server runs in.
pub(super) fn prepare(spec: Spec, run: &RunFolder, home: &Path, network: &Network) -> Result<ServerHandle> {
    let folder = folder(run);
    for name in ["data", "logs", "tmp"] {
        folders::create_all(&folder.join(name))?;
    }
    let config = folder.join("config");
    copy(&home.join("config"), &config)?;
    point_jvm_files_at(&folder)?;
    let mut settings = settings(&folder, network);
    let handle = if spec.secure {
        settings.push_str(SECURE_SETTINGS);
        secure(run, &config, network.http)?
    } else {
        settings.push_str("xpack.security.enabled: false\n");
        ServerHandle::open(network.http)
    };
    fs::write(config.join("elasticsearch.yml"), settings)?;
    run.give_to_server(&folder)?;
    Ok(handle)
}

/// Starts the server of a run folder that is prepared.
pub(super) fn launch(
    spec: Spec,
    heap_mib: u32,
    run: &RunFolder,
    home: &Path,
    java: &Path,
) -> Result<Process> {
    let launch = Launch { heap_mib, run, folder: &folder(run), home, java };
    match spec.major {
        Major::Eight => launch.spawn(&mut launch.cli()),
        Major::Nine => launch.spawn(&mut launch.launcher()?),
    }
}

fn folder(run: &RunFolder) -> PathBuf {
    run.path().join("node")
}

/// The discovery of a node that has no others.
pub(super) const ALONE: &str = "discovery.type: single-node\n";

fn settings(folder: &Path, network: &Network) -> String {
    let Network { name, http, transport, discovery } = network;
    let (data, logs) = (folder.join("data"), folder.join("logs"));
    format!(
        "cluster.name: djelme-test\n\
         node.name: {name}\n\
         {discovery}\
         xpack.ml.enabled: false\n\
         http.port: {http}\n\
         transport.port: {transport}\n\
         path.data: {}\n\
         path.logs: {}\n\
         cluster.routing.allocation.disk.threshold_enabled: false\n",
        data.display(),
        logs.display(),
    )
}

const SECURE_SETTINGS: &str = "xpack.security.enabled: true\n\
    xpack.security.http.ssl.enabled: true\n\
    xpack.security.http.ssl.key: http.key\n\
    xpack.security.http.ssl.certificate: http.pem\n\
    xpack.security.transport.ssl.enabled: false\n\
    xpack.security.autoconfiguration.enabled: false\n";

/// Writes the certificates and the user, and gives the handle to reach the server with them.
fn secure(run: &RunFolder, config: &Path, http: u16) -> Result<ServerHandle> {
    let folder = run.path().join("tls");
    folders::create_all(&folder)?;
    tls::write_certificates(&folder)?;
    for name in [tls::CERTIFICATE, tls::KEY] {
        fs::copy(folder.join(name), config.join(name))?;
    }
    let password = tls::password()?;
    fs::write(config.join("users"), format!("{USER}:{}\n", tls::password_hash(&password)?))?;
    fs::write(config.join("users_roles"), format!("superuser:{USER}\n"))?;
    Ok(ServerHandle {
        url: format!("https://localhost:{http}"),
        ca_path: Some(folder.join(tls::CA)),
        wrong_ca_path: Some(folder.join(tls::WRONG_CA)),
        user: Some(USER.to_owned()),
        password: Some(password),
    })
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    folders::create_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// The settings of the Java machine name files relative to the server's folder, which is not to be written to.
fn point_jvm_files_at(folder: &Path) -> Result<()> {
    let path = folder.join("config/jvm.options");
    let text = fs::read_to_string(&path)?;
    let logs = folder.join("logs");
    fs::write(&path, jvm_options(&text, &logs.display().to_string()))?;
    Ok(())
}

fn jvm_options(text: &str, logs: &str) -> String {
    let mut out = String::new();
    for line in text.lines().filter(|line| !line.starts_with("-XX:HeapDumpPath=")) {
        if line.starts_with("-XX:ErrorFile=") {
            out.push_str(&format!("-XX:ErrorFile={logs}/hs_err_pid%p.log"));
        } else if let Some((before, after)) =
            line.split_once("file=").filter(|_| line.starts_with("-Xlog:gc"))
        {
            let (_, rest) = after.split_once(':').unwrap_or(("", ""));
            out.push_str(&format!("{before}file={logs}/gc.log:{rest}"));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out.push_str(&format!("-XX:HeapDumpPath={logs}\n"));
    out
}

/// Ports that were free a moment ago.
pub(super) fn free_ports(count: usize) -> Result<Vec<u16>> {
    let listeners: Vec<_> =
        (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<std::io::Result<_>>()?;
    Ok(listeners.iter().map(|it| Ok(it.local_addr()?.port())).collect::<std::io::Result<_>>()?)
}

/// What the commands that start the server share.
struct Launch<'a> {
    heap_mib: u32,
    run: &'a RunFolder,
    folder: &'a Path,
    home: &'a Path,
    java: &'a Path,
}

impl Launch<'_> {
    /// Elasticsearch's own start command: 8 runs the server, 9 writes down how to run it.
    fn cli(&self) -> Command {
        let mut command = self.command(Path::new("bash"));
        command.arg("bin/elasticsearch-cli");
        command
    }

    /// The program that runs the server of version 9, with what the start command wrote down.
    fn launcher(&self) -> Result<Command> {
        let descriptor = self.run.path().join("launch-descriptor");
        let output = self.cli().stdin(Stdio::null()).output().context("cannot run `bash`")?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("the server's start command failed:\n{}", super::tail(&text, 20));
        }
        fs::write(&descriptor, output.stdout)?;
        let mut command = self.command(&self.java.join("bin/java"));
        command
            .args(["-Xmx64m", "-cp", "lib/tools/server-launcher/*"])
            .arg("org.elasticsearch.server.launcher.ServerLauncher")
            .stdin(File::open(&descriptor)?);
        Ok(command)
    }

    /// A command in the server's folder, by a user that is not root, with nothing but what it needs from the
    /// environment: the start command prints warnings about Java's variables where the descriptor should be.
    fn command(&self, program: &Path) -> Command {
        let mut command = if self.run.is_root() {
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={SERVER_UID}"), format!("--regid={SERVER_UID}")]);
            command.arg("--clear-groups").arg(program);
            command
        } else {
            Command::new(program)
        };
        let heap = self.heap_mib;
        let config: PathBuf = self.folder.join("config");
        command
            .current_dir(self.home)
            .env_clear()
            .envs(
                ["PATH", "LANG", "LC_ALL"]
                    .into_iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("HOME", self.folder)
            .env("ES_JAVA_HOME", self.java)
            .env("ES_HOME", self.home)
            .env("ES_PATH_CONF", config)
            .env("ES_TMPDIR", self.folder.join("tmp"))
            .env("ES_JAVA_OPTS", format!("-Xms{heap}m -Xmx{heap}m"))
            .env("ES_DISTRIBUTION_TYPE", "zip")
            .env("JAVA", self.java.join("bin/java"))
            .env("JAVA_TYPE", "ES_JAVA_HOME")
            .env("CLI_NAME", "server")
            .env("CLI_LIBS", "lib/tools/server-cli")
            .stdin(Stdio::null());
        command
    }

    /// Starts the command in a process group of its own, so that it outlives this task and a Ctrl-C.
    fn spawn(&self, command: &mut Command) -> Result<Process> {
        let log = File::create(self.run.log_file())?;
        let child = command
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
        Process::of(child.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_java_machine_go_to_the_run_folder() {
        let text = "-XX:+UseG1GC\n-XX:HeapDumpPath=data\n-XX:ErrorFile=hs_err_pid%p.log\n\
                    -Xlog:gc*,safepoint:file=logs/gc.log:utctime:filesize=64m\n";
        assert_eq!(
            jvm_options(text, "/run/logs"),
            "-XX:+UseG1GC\n-XX:ErrorFile=/run/logs/hs_err_pid%p.log\n\
             -Xlog:gc*,safepoint:file=/run/logs/gc.log:utctime:filesize=64m\n-XX:HeapDumpPath=/run/logs\n"
        );
    }
}
