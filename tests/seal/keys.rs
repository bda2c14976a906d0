//! Keys at rest: encrypted, private, never overwritten, one active for each work.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use registrar::seal::{
    Init, Issuer, KeyError, KeyFolder, KeyStatus, Passphrase, Purpose, Statement, Suite, sign,
    verify,
};

use crate::now;
use crate::support::{PAGE, SUITES};

const WORDS: &str = "correct horse battery";
const ROOT_WORDS: &str = "staple in a safe";

fn words(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).expect("long enough")
}

fn init(folder: &Path, suite: Suite) -> Result<KeyFolder, KeyError> {
    init_in(&folder.join("keys"), &folder.join("root"), suite)
}

fn init_in(keys: &Path, root: &Path, suite: Suite) -> Result<KeyFolder, KeyError> {
    let issuer = Issuer {
        organisation: "Lincoln Unified".into(),
        demo: false,
    };
    let (passphrase, root_passphrase) = (&words(WORDS), &words(ROOT_WORDS));
    let request = Init {
        issuer,
        suite,
        now: now(),
        passphrase,
        root_passphrase,
    };
    KeyFolder::init(keys, root, &request)
}

fn signed(keys: &KeyFolder, signed_at: Timestamp) -> Vec<u8> {
    let signer = keys.document_signer(&words(WORDS)).expect("an open key");
    sign(
        PAGE,
        &signer,
        &Statement {
            reason: "Test",
            signed_at,
        },
    )
    .expect("signed")
}

#[test]
fn new_keys_sign_and_the_exported_root_verifies() {
    for suite in SUITES {
        let folder = tempfile::tempdir().expect("a folder");
        let made = init(folder.path(), suite).expect("keys");
        let keys = KeyFolder::open(made.path()).expect("a key folder");
        assert_eq!(keys.records(), made.records());
        let purposes: Vec<_> = keys
            .records()
            .iter()
            .map(|key| (key.purpose, key.suite))
            .collect();
        let expected = [
            (Purpose::Root, suite),
            (Purpose::Document, suite),
            (Purpose::Data, Suite::Ed25519),
        ];
        assert_eq!(purposes, expected);
        assert!(
            keys.records()
                .iter()
                .all(|key| key.status == KeyStatus::Active)
        );
        let trust = registrar::seal::TrustStore::from_pem(&keys.export().expect("PEM"));
        let verdict = verify(&signed(&keys, now()), &trust.expect("trust")).verdict;
        assert!(verdict.is_valid(), "{:?}", verdict.first_failure());
        let data = keys.data_signer(&words(WORDS)).expect("the data key");
        assert_eq!(data.certificate().key_id(), keys.records()[2].id);
    }
}

#[test]
fn secret_keys_are_encrypted_private_and_apart_from_the_root() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = init(folder.path(), Suite::P256).expect("keys");
    let mut secret_files = 0;
    for place in ["keys", "root"] {
        let place = folder.path().join(place);
        let mode = fs::metadata(&place).expect("a folder").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700);
        for entry in fs::read_dir(place).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            assert!(!name.ends_with(".new"), "no temporary file is left: {name}");
            if name.ends_with(".key.pem") {
                secret_files += 1;
                assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
                let mode = fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{name}");
            } else {
                assert!(!text.contains("PRIVATE KEY"), "{name}");
            }
        }
    }
    assert_eq!(secret_files, 3);
    let no_root = keys.open_root(&words(ROOT_WORDS));
    assert!(matches!(
        no_root,
        Err(KeyError::NoActiveKey {
            purpose: Purpose::Root,
            ..
        })
    ));
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_fix() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = init(folder.path(), Suite::P256).expect("keys");
    let path = keys.path().join(keys.records()[1].key_file());
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
        let error = keys.document_signer(&words(WORDS)).expect_err("refused");
        assert!(matches!(error, KeyError::TooOpen { .. }));
        let said = error.to_string();
        assert!(said.contains("hint: chmod 600") && said.contains(&format!("{mode:04o}")));
    }
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_is_never_repeated() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = init(folder.path(), Suite::Ed25519).expect("keys");
    let wrong = words("wrong horse battery");
    let error = keys.document_signer(&wrong).expect_err("refused");
    assert!(matches!(error, KeyError::WrongPassphrase(_)));
    let opened = keys.document_signer(&words(WORDS)).expect("open");
    for said in [
        format!("{error} {error:?}"),
        format!("{wrong:?} {opened:?} {keys:?}"),
    ] {
        assert!(
            !said.contains("horse") && !said.contains("PRIVATE"),
            "{said}"
        );
    }
    assert!(matches!(
        Passphrase::new("short".to_owned()),
        Err(KeyError::Passphrase)
    ));
}

#[test]
fn keys_are_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = init(folder.path(), Suite::P256).expect("keys");
    let before = fs::read(keys.path().join("keys.toml")).expect("an index");
    assert!(matches!(
        init(folder.path(), Suite::P256),
        Err(KeyError::AlreadyExists(_))
    ));
    assert_eq!(
        fs::read(keys.path().join("keys.toml")).expect("an index"),
        before
    );
}

#[test]
fn rotation_retires_a_key_and_old_documents_stay_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut keys = init(folder.path(), Suite::P256).expect("keys");
    let old = signed(&keys, now());
    let roots = KeyFolder::open(&folder.path().join("root")).expect("the root folder");
    let root = roots.open_root(&words(ROOT_WORDS)).expect("an open root");
    let later = now() + SignedDuration::from_hours(24);
    let made = keys
        .rotate(Purpose::Document, &root, &words(WORDS), later)
        .expect("rotated");
    assert_eq!(made.status, KeyStatus::Active);
    let keys = KeyFolder::open(keys.path()).expect("a key folder");
    let retired = &keys.records()[1];
    assert_eq!(
        (retired.status, retired.retired.is_some()),
        (KeyStatus::Retired, true)
    );
    let new = signed(&keys, later);
    let trust = keys.trust_store().expect("trust");
    let key_of = |file: &[u8]| {
        let verdict = verify(file, &trust).verdict;
        assert!(verdict.is_valid(), "{:?}", verdict.first_failure());
        verdict.signed_by.expect("a signer").key_id
    };
    assert_eq!(key_of(&old), retired.id);
    assert_eq!(key_of(&new), made.id);
}

#[test]
fn a_pending_key_signs_nothing_until_its_own_root_certifies_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut keys = init(folder.path(), Suite::P256).expect("keys");
    let active = keys.records()[2].id.clone();
    let pending = keys
        .add(Purpose::Data, &words(WORDS), now())
        .expect("a key");
    let signer = keys.data_signer(&words(WORDS)).expect("the active key");
    assert_eq!(signer.certificate().key_id(), active);
    let stranger = tempfile::tempdir().expect("a folder");
    init(stranger.path(), Suite::P256).expect("keys");
    let open = |folder: &Path| {
        let roots = KeyFolder::open(&folder.join("root")).expect("the root folder");
        roots.open_root(&words(ROOT_WORDS)).expect("an open root")
    };
    let foreign = keys.certify(&pending.id, &open(stranger.path()), now());
    assert!(matches!(foreign, Err(KeyError::ForeignRoot { .. })));
    let root = open(folder.path());
    keys.certify(&pending.id, &root, now()).expect("certified");
    let again = keys.certify(&pending.id, &root, now());
    assert!(matches!(again, Err(KeyError::NotPending(_))));
    assert!(matches!(
        keys.certify("none", &root, now()),
        Err(KeyError::UnknownKey(_))
    ));
    let signer = keys.data_signer(&words(WORDS)).expect("the new key");
    assert_eq!(signer.certificate().key_id(), pending.id);
    let log = keys
        .rotate(Purpose::Log, &root, &words(WORDS), now())
        .expect("a log key");
    assert_eq!((log.suite, log.status), (Suite::Ed25519, KeyStatus::Active));
    let certificate = keys.certificate(&log).expect("its certificate");
    assert_eq!(certificate.purpose(), Some(Purpose::Log));
    let rotated = keys.rotate(Purpose::Root, &root, &words(WORDS), now());
    assert!(matches!(rotated, Err(KeyError::RootNotRotated)));
}

#[test]
fn two_active_keys_or_a_damaged_index_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = init(folder.path(), Suite::P256).expect("keys");
    let path = keys.path().join("keys.toml");
    let text = fs::read_to_string(&path).expect("an index");
    let data = text
        .split("[[key]]")
        .find(|part| part.contains("\"data\""))
        .expect("a data key");
    let doubled = format!("{text}\n[[key]]{data}");
    fs::write(&path, &doubled).expect("written");
    let keys = KeyFolder::open(keys.path()).expect("readable");
    let refused = keys.data_signer(&words(WORDS));
    assert!(matches!(refused, Err(KeyError::SeveralActiveKeys { .. })));
    for broken in [
        text.replace("version = 1", "version = 2"),
        text.replace("[[key]]", "[[keys]]"),
        text.replace("id = \"", "id = \"../"),
        String::from("nonsense"),
    ] {
        fs::write(&path, &broken).expect("written");
        let refused = KeyFolder::open(keys.path());
        assert!(matches!(refused, Err(KeyError::Index { .. })), "{broken}");
    }
    let nowhere = KeyFolder::open(folder.path());
    assert!(matches!(nowhere, Err(KeyError::NotAKeyFolder(_))));
}

#[test]
fn a_swapped_key_file_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut keys = init(folder.path(), Suite::P256).expect("keys");
    let other = keys
        .add(Purpose::Data, &words(WORDS), now())
        .expect("a key");
    let active = keys.records()[2].clone();
    let (from, to) = (
        keys.path().join(other.key_file()),
        keys.path().join(active.key_file()),
    );
    fs::copy(from, to).expect("copied");
    let refused = keys.data_signer(&words(WORDS));
    assert!(
        matches!(refused, Err(KeyError::Damaged { .. })),
        "{refused:?}"
    );
}

/// Everything below a folder, by name.
fn below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            names.push(
                path.strip_prefix(folder)
                    .expect("below")
                    .display()
                    .to_string(),
            );
            if path.is_dir() && !path.is_symlink() {
                left.push(path);
            }
        }
    }
    names.sort();
    names
}

#[test]
fn the_root_is_never_made_in_or_around_the_key_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("elsewhere")).expect("a folder");
    std::os::unix::fs::symlink(at("elsewhere"), at("link")).expect("a link");
    let before = below(folder.path());
    for (keys, root) in [
        ("keys", "keys"),
        ("keys", "keys/root"),
        ("keys", "keys/a/b/../c"),
        ("keys", "./x/../keys"),
        ("root/keys", "root"),
        ("elsewhere", "link"),
        ("elsewhere/keys", "link/keys/root"),
    ] {
        let refused = init_in(&at(keys), &at(root), Suite::P256);
        let apart = matches!(refused, Err(KeyError::NotApart { .. }));
        assert!(apart, "{keys} and {root}: {refused:?}");
        assert_eq!(below(folder.path()), before, "nothing is made");
    }
    init_in(&at("keys"), &at("keys-root"), Suite::P256).expect("names may begin alike");
}

#[test]
fn a_failure_leaves_nothing_of_new_keys_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "in the way").expect("written");
    let before = below(folder.path());
    // The root is made in any case; the other folder cannot be.
    for (keys, root) in [("file/keys", "new/root"), ("new/keys", "file/root")] {
        let failed = init_in(&at(keys), &at(root), Suite::P256);
        assert!(matches!(failed, Err(KeyError::Io { .. })), "{failed:?}");
        assert_eq!(below(folder.path()), before, "{keys} and {root}");
    }
    // A certificate that cannot be made is found after both folders are begun.
    let issuer = Issuer {
        organisation: "two\nlines".into(),
        demo: false,
    };
    let request = Init {
        issuer,
        suite: Suite::P256,
        now: now(),
        passphrase: &words(WORDS),
        root_passphrase: &words(ROOT_WORDS),
    };
    let failed = KeyFolder::init(&at("a/keys"), &at("b/root"), &request);
    assert!(
        matches!(failed, Err(KeyError::Certificate(_))),
        "{failed:?}"
    );
    assert_eq!(below(folder.path()), before);
    // The same words work once nothing is in the way, also in folders that are there.
    fs::create_dir(at("root")).expect("a folder");
    fs::write(at("root/note.txt"), "a note").expect("written");
    init(folder.path(), Suite::P256).expect("keys");
    let left = below(folder.path());
    assert!(!left.iter().any(|name| name.contains(".new")), "{left:?}");
    assert!(left.contains(&"root/note.txt".to_owned()));
}
