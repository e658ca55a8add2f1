//! `sverka evaluate` and `sverka train` over generated worlds: floors of quality, and weights that make runs comparable.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn sverka(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn world(rows: &str, seed: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (status, _, errors) = sverka(&["generate", "--rows", rows, "--seed", seed, "--out", "p"], folder.path());
    assert_eq!(status, 0, "{errors}");
    folder
}

fn evaluate(folder: &Path) -> Value {
    let arguments = ["evaluate", "p", "--truth", "p/truth.csv", "--traps", "p/traps.csv", "--json"];
    let (status, text, errors) = sverka(&arguments, folder);
    assert_eq!(status, 0, "{errors}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn generated_worlds_keep_their_floors() {
    // A table of 200 rows has some 190 true pairs: a few unlucky ones move a share by hundredths.
    for (rows, seed, auto, shown) in
        [("200", "1", 0.82, 0.94), ("200", "2", 0.82, 0.94), ("2000", "3", 0.90, 0.97), ("2000", "4", 0.90, 0.97)]
    {
        let folder = world(rows, seed);
        let result = evaluate(folder.path());
        let of = |part: &str, what: &str| result[part][what].as_f64().unwrap();
        assert_eq!(result["traps"]["merged"], 0, "seed {seed}");
        assert!(of("auto", "precision") >= 0.999, "seed {seed}: {}", result["auto"]);
        assert!(of("auto", "recall") >= auto, "seed {seed}: {}", result["auto"]);
        assert!(of("auto_and_review", "recall") >= shown, "seed {seed}: {}", result["auto_and_review"]);
        assert!(of("auto_and_review", "f1") >= 0.95, "seed {seed}: {}", result["auto_and_review"]);
    }
}

#[test]
fn learnt_weights_are_kept_and_tuned() {
    let folder = world("400", "5");
    let path = folder.path();
    let before = evaluate(path);
    let (status, text, errors) = sverka(&["train", "p"], path);
    assert_eq!(status, 0, "{errors}");
    assert!(text.contains("model = \"matching.json\""), "{text}");
    // A second time it asks before it replaces what runs are compared by.
    let (status, _, errors) = sverka(&["train", "p"], path);
    assert!(status == 2 && errors.contains("--force"), "{errors}");

    let project = path.join("p/sverka.toml");
    let text = std::fs::read_to_string(&project).unwrap();
    let with = |more: &str| std::fs::write(&project, format!("{text}\n[matching]\nmodel = \"matching.json\"\n{more}"));
    with("").unwrap();
    // Rounded weights of the same data decide alike.
    assert_eq!(before["auto"], evaluate(path)["auto"]);
    // A run says which weights it was made with, and one with other weights is another run.
    let audit = |out: &str| -> serde_json::Value {
        let (status, _, errors) = sverka(&["audit", "p", "--baseline", "none", "--out", out], path);
        assert_eq!(status, 0, "{errors}");
        serde_json::from_str(&std::fs::read_to_string(path.join(out).join("run.json")).unwrap()).unwrap()
    };
    let first = audit("first");
    let model = &first["matching"]["model"];
    assert_eq!((model["path"].as_str(), model["sha256"].as_str().map(str::len)), (Some("matching.json"), Some(64)));
    let file = path.join("p/matching.json");
    let mut weights: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    weights["bits"]["phone"]["exact"] = 0.125.into();
    std::fs::write(&file, weights.to_string()).unwrap();
    let second = audit("second");
    assert_ne!(first["snapshot_id"], second["snapshot_id"]);
    assert_ne!(first["matching"]["model"]["sha256"], second["matching"]["model"]["sha256"]);
    assert_eq!(first["config_sha256"], second["config_sha256"]);
    with("[matching.weights]\nphone = \"off\"\nemail = \"off\"\naddress = \"off\"\nkpp = \"off\"\n").unwrap();
    let off = evaluate(path);
    assert!(off["auto"]["recall"].as_f64() < before["auto"]["recall"].as_f64(), "{}", off["auto"]);
    std::fs::write(path.join("p/matching.json"), "{}").unwrap();
    let (status, _, errors) = sverka(&["evaluate", "p", "--truth", "p/truth.csv"], path);
    assert!(status == 2 && errors.contains("sverka train"), "{errors}");
}

#[test]
fn mistakes_are_written_on_request() {
    let folder = world("300", "6");
    let path = folder.path();
    let arguments = [
        "evaluate",
        "p",
        "--truth",
        "p/truth.csv",
        "--missed",
        "missed.csv",
        "--false",
        "false.csv",
        "--waiting",
        "w.csv",
    ];
    let (status, text, errors) = sverka(&arguments, path);
    assert_eq!(status, 0, "{errors}");
    assert!(text.contains("объединено без человека") && text.contains("near-inn"), "{text}");
    for file in ["missed.csv", "false.csv", "w.csv"] {
        let text = std::fs::read_to_string(path.join(file)).unwrap();
        assert!(text.starts_with("left_key,right_key,kind,proposed,merged,probability,"), "{file}: {text}");
    }
    assert!(std::fs::read_to_string(path.join("w.csv")).unwrap().lines().count() > 1);
    let (status, _, errors) = sverka(&["evaluate", "p", "--truth", "p/sverka.toml"], path);
    assert!(status == 2 && errors.contains("left_key,right_key"), "{errors}");
}
