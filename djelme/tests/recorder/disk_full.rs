//! A disk that is full, in a process of its own: on a file system of 256 KiB where one can be mounted, else under a limit
//! on the size of files.

use std::io::ErrorKind;
use std::process::Command;

use djelme::Error;
use djelme::recorder::{DiskBuffer, Fsync, Recorder};
use djelme_testing::ScriptedBackend;

use crate::common::{MINUTE, handle, view};
use crate::disk::health;

/// The folder of the child.
const CHILD: &str = "DJELME_DISK_FULL_CHILD";

const MOUNTED: &str =
    "mount -t tmpfs -o size=256k tmpfs \"$DJELME_DISK_FULL_CHILD\" || exit 77; exec \"$0\" \"$@\"";
/// In blocks of 512 bytes, or of 1024.
const LIMITED: &str = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";

/// Pushes until the disk is full. Returns how many were taken.
async fn fill(recorder: &Recorder) -> u64 {
    for taken in 0.. {
        match recorder.push(&view(taken)).await {
            Ok(()) => {}
            Err(Error::File { source, .. }) => {
                assert!(
                    matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::FileTooLarge),
                    "{source}"
                );
                return taken as u64;
            }
            Err(other) => panic!("{other}"),
        }
    }
    0
}

#[tokio::test]
#[ignore = "run by the test below"]
async fn child() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    for (round, fsync) in [Fsync::None, Fsync::Each].into_iter().enumerate() {
        let buffer = || DiskBuffer::new(std::path::Path::new(&folder).join(round.to_string())).fsync(fsync);
        let backend = ScriptedBackend::new();
        let djelme = handle(&backend).await;
        let recorder = djelme.recorder().disk_buffer(buffer()).build().unwrap();
        backend.go_down();
        let taken = fill(&recorder).await;
        assert!(taken > 100, "{taken}");
        let total = recorder.stats().total;
        assert_eq!(
            (total.offered, total.accepted, total.refused, total.pending),
            (taken + 1, taken, 1, taken)
        );
        let held = recorder.health().held_bytes;
        assert!(recorder.push(&view(0)).await.is_err() || recorder.stats().total.accepted > taken);
        assert!(health(&recorder).last_error.is_some() && recorder.health().held_bytes <= held + 1_000);
        let accepted = recorder.stats().total.accepted;

        // Once all is stored there is room again, and nothing of what was refused is anywhere.
        backend.come_up();
        recorder.flush().await.unwrap();
        assert_eq!((recorder.stats().total.stored, backend.store().len() as u64), (accepted, accepted));
        assert_eq!((recorder.health().held_bytes, health(&recorder).bytes), (0, 0));

        // And what the next run finds on a full disk, it sends.
        backend.go_down();
        fill(&recorder).await;
        let left = recorder.stats().total.pending;
        let end = recorder.shutdown(std::time::Duration::from_millis(10)).await;
        assert_eq!(end.unsent.len() as u64, left);
        backend.come_up();
        let next = djelme.recorder().disk_buffer(buffer()).build().unwrap();
        next.flush().await.unwrap();
        let end = next.shutdown(MINUTE).await.stats.total;
        assert_eq!((end.stored, backend.store().len() as u64), (left, accepted + left));
        assert_eq!((health(&next).damaged, health(&next).bytes), (0, 0));
    }
    println!("\nfull and mended");
}

#[test]
fn a_full_disk_refuses_what_it_cannot_hold_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &str, arguments: &[&str], script: &str| {
        let mut command = Command::new(program);
        command.args(arguments).args(["sh", "-c", script]).arg(std::env::current_exe().unwrap());
        command.args(["disk_full::child", "--exact", "--ignored", "--nocapture"]);
        command.env(CHILD, folder.path()).output()
    };
    let mounted = run("unshare", &["--mount"], MOUNTED).ok();
    let mounted = mounted.filter(|output| String::from_utf8_lossy(&output.stdout).contains("running 1 test"));
    let (how, output) = match mounted {
        Some(output) => ("a file system of 256 KiB", output),
        None => ("a limit on the size of files", run("env", &[], LIMITED).unwrap()),
    };
    println!("djelme-test: note: a full disk by {how}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("full and mended"), "{how}: {said}");
}
