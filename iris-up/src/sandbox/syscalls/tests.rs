//! The numbers of what is refused, of both architectures, wherever this is compiled: `libc` has those of one alone, and nobody
//! notices a wrong one but who gets out by it. They are held against seccompiler's tables, which were made of the kernel's by
//! others.

use super::*;
use seccompiler::{BpfMap, TargetArch, compile_from_json};
use serde_json::json;
use std::collections::BTreeSet;

/// What is looked at: its name, its number on x86-64, and that on aarch64 (`asm/unistd_64.h`, `asm-generic/unistd.h`).
const TABLE: &[(&str, c_long, c_long)] = &[
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("process_madvise", 440, 440),
    ("pidfd_getfd", 438, 438),
    ("kcmp", 312, 272),
    ("move_pages", 279, 239),
    ("migrate_pages", 256, 238),
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("pivot_root", 155, 41),
    ("chroot", 161, 51),
    ("fsopen", 430, 430),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fspick", 433, 433),
    ("move_mount", 429, 429),
    ("open_tree", 428, 428),
    ("mount_setattr", 442, 442),
    ("open_by_handle_at", 304, 265),
    ("fanotify_init", 300, 262),
    ("quotactl", 179, 60),
    ("quotactl_fd", 443, 443),
    ("swapon", 167, 224),
    ("swapoff", 168, 225),
    ("setns", 308, 268),
    ("bpf", 321, 280),
    ("perf_event_open", 298, 241),
    ("init_module", 175, 105),
    ("finit_module", 313, 273),
    ("delete_module", 176, 106),
    ("kexec_load", 246, 104),
    ("reboot", 169, 142),
    ("syslog", 103, 116),
    ("acct", 163, 89),
    ("settimeofday", 164, 170),
    ("clock_settime", 227, 112),
    ("adjtimex", 159, 171),
    ("clock_adjtime", 305, 266),
    ("sethostname", 170, 161),
    ("setdomainname", 171, 162),
    ("vhangup", 153, 58),
    ("personality", 135, 92),
    ("lsm_set_self_attr", 460, 460),
    ("lookup_dcookie", 212, 18),
    ("add_key", 248, 217),
    ("request_key", 249, 218),
    ("keyctl", 250, 219),
    ("userfaultfd", 323, 282),
    ("clone3", 435, 435),
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
    ("shmget", 29, 194),
    ("msgget", 68, 186),
    ("semget", 64, 190),
    ("clone", 56, 220),
    ("unshare", 272, 97),
    ("socket", 41, 198),
    ("kexec_file_load", 320, 294),
];

/// What x86-64 alone has.
const X86_64: &[(&str, c_long)] = &[
    ("iopl", 172),
    ("ioperm", 173),
    ("modify_ldt", 154),
    ("uselib", 134),
];

/// What is newer than seccompiler's tables, and has one number on all architectures (`scripts/syscall.tbl` of Linux 6.15).
const NEWER: &[(&str, c_long)] = &[("open_tree_attr", 467)];

/// The names and numbers of an architecture.
fn numbers(of: TargetArch) -> Vec<(&'static str, c_long)> {
    let rows = TABLE.iter();
    match of {
        TargetArch::x86_64 => {
            let rows = rows.map(|(name, number, _)| (*name, *number));
            rows.chain(X86_64.iter().copied()).collect()
        }
        _ => rows.map(|(name, _, number)| (*name, *number)).collect(),
    }
}

/// The constants that a program compares with.
fn compared(program: &[sock_filter]) -> BTreeSet<u32> {
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    let comparing = program.iter().filter(|step| u32::from(step.code) == equal);
    comparing.map(|step| step.k).collect()
}

/// What a filter compares with that refuses what has these names, as seccompiler numbers them.
fn by_name(names: &[&str], arch: TargetArch) -> BTreeSet<u32> {
    compared(&compile_by_name(names, arch).unwrap()["all"])
}

fn compile_by_name(names: &[&str], arch: TargetArch) -> Result<BpfMap, seccompiler::Error> {
    let rules: Vec<_> = names
        .iter()
        .map(|name| json!({ "syscall": name }))
        .collect();
    let filter = json!({ "all": {
        "mismatch_action": "allow",
        "match_action": { "errno": 1 },
        "filter": rules,
    } });
    compile_from_json(filter.to_string().as_bytes(), arch)
}

#[test]
fn each_is_what_its_name_says_on_both_architectures() {
    for arch in [TargetArch::x86_64, TargetArch::aarch64] {
        // Whatever a filter begins with: the architecture.
        let begins = by_name(&[], arch);
        for (name, number) in numbers(arch) {
            let found = &by_name(&[name], arch) - &begins;
            let number = u32::try_from(number).unwrap();
            assert_eq!(found, BTreeSet::from([number]), "{name} of {arch:?}");
        }
    }
}

#[test]
fn what_is_newer_than_the_tables_is_in_none_of_them() {
    for arch in [TargetArch::x86_64, TargetArch::aarch64] {
        for (name, _) in NEWER {
            let compiled = compile_by_name(&[name], arch);
            assert!(
                compiled.is_err(),
                "{name} can be held against the table of {arch:?}"
            );
        }
    }
}

#[test]
fn none_is_missing_from_the_table_nor_refused_without_being_in_it() {
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let listed: BTreeSet<c_long> = numbers(arch)
        .into_iter()
        .chain(NEWER.iter().copied())
        .map(|(_, number)| number)
        .collect();
    let rules = forbidden(Sockets::Local).unwrap();
    let mut refused: BTreeSet<c_long> = rules.keys().copied().collect();
    refused.extend(NOT_THERE);
    assert_eq!(refused, listed);
    // And they are in what the kernel is given.
    let programs = [quick().unwrap(), compiled(rules).unwrap()];
    let in_programs: BTreeSet<u32> = programs.iter().flat_map(|part| compared(part)).collect();
    for number in listed {
        let number = u32::try_from(number).unwrap();
        assert!(in_programs.contains(&number), "{number}");
    }
}
