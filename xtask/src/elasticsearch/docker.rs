//! The official image in a Docker container.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::{
    Major, ServerHandle, Spec,
    folders::{self, RunFolder},
    node::Network,
    state::{Life, State},
    tls,
};

/// The user that the image makes.
const USER: &str = "elastic";
/// The folder of the certificates, below the image's configuration folder.
const CERTIFICATES: &str = "certs";

/// The image of a major version.
pub(super) fn image(major: Major) -> &'static str {
    match major {
        Major::Eight => "elasticsearch:8.19.8",
        Major::Nine => "elasticsearch:9.4.3",
    }
}

/// Whether an engine answers; the error says why not.
pub(super) fn engine() -> Result<()> {
    docker(&["version", "--format", "{{.Server.Version}}"]).map(drop)
}

/// Makes the container and starts it, without waiting until the server answers.
pub(super) fn start(spec: Spec, run: &RunFolder) -> Result<State> {
    spec.say(&format!("starting a container of {}", pulled(spec)?));
    let password = if spec.secure { Some(tls::password()?) } else { None };
    let arguments = create_arguments(spec, password.as_deref());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let id = docker(&arguments)?.trim().to_owned();
    match start_created(run, &id, password) {
        Ok(handle) => Ok(State { handle, life: Life::Container(id) }),
        Err(error) => {
            remove(&id)?;
            Err(error)
        }
    }
}

/// The image, which is there now.
fn pulled(spec: Spec) -> Result<&'static str> {
    let image = image(spec.major);
    if docker(&["image", "inspect", "--format", "{{.Id}}", image]).is_err() {
        spec.say(&format!("pulling the image {image}"));
        docker(&["pull", "--quiet", image])?;
    }
    Ok(image)
}

/// Makes a container of a cluster, which finds the others by their names in a network of its own. It is not started.
pub(super) fn create_node(spec: Spec, heap_mib: u32, network: &str, node: &Network) -> Result<String> {
    let image = pulled(spec)?;
    let publish = format!("127.0.0.1:{}:9200", node.http);
    let mut arguments: Vec<String> =
        ["create", "--network", network, "--network-alias", &node.name, "--publish", &publish]
            .map(str::to_owned)
            .to_vec();
    let mut settings = settings(heap_mib);
    settings.push(format!("node.name={}", node.name));
    settings.push("xpack.security.enabled=false".to_owned());
    settings.extend(node.discovery.lines().map(|line| line.replacen(": ", "=", 1)));
    arguments.extend(settings.into_iter().flat_map(|setting| ["--env".to_owned(), setting]));
    arguments.push(image.to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(docker(&arguments)?.trim().to_owned())
}

/// Makes a network, and another one in the place of what an earlier run left.
pub(super) fn create_network(name: &str) -> Result<()> {
    // It fails where there is none.
    let _ = docker(&["network", "rm", name]);
    docker(&["network", "create", name]).map(drop)
}

/// Starts a container that was made or killed.
pub(super) fn start_again(id: &str) -> Result<()> {
    docker(&["start", id]).map(drop)
}

/// Ends the container's process without a warning, and keeps the container.
pub(super) fn kill(id: &str) -> Result<()> {
    docker(&["kill", id]).map(drop)
}

fn start_created(run: &RunFolder, id: &str, password: Option<String>) -> Result<ServerHandle> {
    let folder = run.path().join("tls");
    if password.is_some() {
        folders::create_all(&folder)?;
        tls::write_certificates(&folder)?;
        let target = format!("{id}:/usr/share/elasticsearch/config/{CERTIFICATES}");
        docker(&["cp", &folder.display().to_string(), &target])?;
    }
    docker(&["start", id])?;
    let port = published_port(&docker(&["port", id, "9200/tcp"])?)?;
    let file = |name: &str| password.is_some().then(|| folder.join(name));
    Ok(ServerHandle {
        url: match password {
            Some(_) => format!("https://localhost:{port}"),
            None => ServerHandle::open(port).url,
        },
        ca_path: file(tls::CA),
        wrong_ca_path: file(tls::WRONG_CA),
        user: password.is_some().then(|| USER.to_owned()),
        password,
    })
}

fn create_arguments(spec: Spec, password: Option<&str>) -> Vec<String> {
    let mut settings = settings(spec.heap_mib());
    settings.extend([
        "discovery.type=single-node".to_owned(),
        format!("xpack.security.enabled={}", password.is_some()),
    ]);
    if let Some(password) = password {
        settings.extend([
            format!("ELASTIC_PASSWORD={password}"),
            "xpack.security.autoconfiguration.enabled=false".to_owned(),
            "xpack.security.transport.ssl.enabled=false".to_owned(),
            "xpack.security.http.ssl.enabled=true".to_owned(),
            format!("xpack.security.http.ssl.key={CERTIFICATES}/{}", tls::KEY),
            format!("xpack.security.http.ssl.certificate={CERTIFICATES}/{}", tls::CERTIFICATE),
        ]);
    }
    let mut arguments = ["create", "--publish", "127.0.0.1::9200"].map(str::to_owned).to_vec();
    for setting in settings {
        arguments.extend(["--env".to_owned(), setting]);
    }
    arguments.push(image(spec.major).to_owned());
    arguments
}

fn settings(heap_mib: u32) -> Vec<String> {
    vec![
        "xpack.ml.enabled=false".to_owned(),
        "cluster.routing.allocation.disk.threshold_enabled=false".to_owned(),
        format!("ES_JAVA_OPTS=-Xms{heap_mib}m -Xmx{heap_mib}m"),
    ]
}

/// The port in `127.0.0.1:49153`, of which there may be several lines.
fn published_port(text: &str) -> Result<u16> {
    let port = text.lines().next().and_then(|line| line.trim().rsplit_once(':')?.1.parse().ok());
    port.with_context(|| format!("`docker port` gave no port: {text}"))
}

/// Whether the container runs.
pub(super) fn is_running(id: &str) -> bool {
    docker(&["inspect", "--format", "{{.State.Running}}", id]).is_ok_and(|text| text.trim() == "true")
}

/// Removes the container with its data; false when it was not there or had ended.
pub(super) fn remove(id: &str) -> Result<bool> {
    let running = is_running(id);
    match docker(&["rm", "--force", "--volumes", id]) {
        Err(error) if !error.to_string().contains("No such container") => Err(error),
        _ => Ok(running),
    }
}

/// What the container printed.
pub(super) fn logs(id: &str) -> String {
    let output = Command::new("docker").args(["logs", id]).stdin(Stdio::null()).output();
    output.map_or_else(
        |error| error.to_string(),
        |output| {
            let (out, err) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            format!("{out}{err}")
        },
    )
}

fn docker(arguments: &[&str]) -> Result<String> {
    let output = Command::new(Path::new("docker"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("no `docker` command")?;
    if !output.status.success() {
        // Not the arguments: one of them is a password.
        let what = arguments.first().copied().unwrap_or_default();
        bail!("`docker {what}`: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_port_is_read() {
        assert_eq!(published_port("127.0.0.1:49153\n").unwrap(), 49153);
        assert_eq!(published_port("[::1]:49154\n127.0.0.1:49153\n").unwrap(), 49154);
        assert!(published_port("").is_err());
    }

    #[test]
    fn only_the_secured_container_gets_certificates() {
        let spec = Spec { major: Major::Eight, secure: false };
        let plain = create_arguments(spec, None);
        assert!(plain.contains(&"xpack.security.enabled=false".to_owned()));
        assert!(!plain.iter().any(|argument| argument.contains("ssl")));
        assert_eq!(plain.last().unwrap(), "elasticsearch:8.19.8");
        let secure = create_arguments(Spec { secure: true, ..spec }, Some("secret"));
        assert!(secure.contains(&"ELASTIC_PASSWORD=secret".to_owned()));
        assert!(secure.contains(&"xpack.security.http.ssl.key=certs/http.key".to_owned()));
    }
}
