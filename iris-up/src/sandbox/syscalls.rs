//! System calls that no app needs, and that reach beyond it: seccomp (<https://docs.kernel.org/userspace-api/seccomp_filter.html>).
//!
//! Most are refused to an app anyway, which has no privileges. The kernel's code behind them is out of its reach so, too:
//! faults there are how processes get out of what holds them.

#[cfg(test)]
mod tests;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};
use std::collections::BTreeMap;
use std::num::TryFromIntError;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Which sockets an app may have beside those of the internet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sockets {
    /// Those of Unix, too.
    Local,
    /// None of Unix. Who has the daemon's user is the daemon's owner to all who ask a socket for its user: the daemon
    /// itself, a session bus, an agent with keys. Connected pairs (`socketpair`) stay.
    NotLocal,
}

impl Sockets {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Sockets::Local => "local",
            Sockets::NotLocal => "not-local",
        }
    }

    pub(super) fn parse(name: &[u8]) -> Option<Sockets> {
        let both = [Sockets::Local, Sockets::NotLocal];
        let mut both = both.into_iter();
        both.find(|sockets| sockets.name().as_bytes() == name)
    }
}

/// What is too new for `libc`. From 403 on all architectures have the same numbers.
const LSM_SET_SELF_ATTR: c_long = 460;
const OPEN_TREE_ATTR: c_long = 467;

/// Refused with `EPERM`, as to whoever lacks the privilege.
const FORBIDDEN: &[c_long] = &[
    // Other processes: their memory, registers, files, and what they have in common.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_move_pages,
    libc::SYS_migrate_pages,
    // File systems: another view of them, and files by handles that pass by all permissions of folders.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    OPEN_TREE_ATTR,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    // Another set of namespaces, in which its user would have all privileges over much of the kernel.
    libc::SYS_setns,
    // The kernel itself: programs in it, modules, other kernels, its log, its clock, its accounting.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    libc::SYS_personality,
    LSM_SET_SELF_ATTR,
    // The kernel's profiler, which is gone since Linux 6.7.
    libc::SYS_lookup_dcookie,
    // Keys of the kernel's, which belong to a user and know no domain.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // Stops the kernel within a system call for as long as one likes, which makes races certain.
    libc::SYS_userfaultfd,
];

/// The same, where there is only one of two architectures that has it.
#[cfg(target_arch = "x86_64")]
const FORBIDDEN_HERE: &[c_long] = &[
    // The processor's ports, and its old segments.
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_kexec_file_load,
    // Libraries of before ELF, loaded by the kernel.
    libc::SYS_uselib,
];

/// `kexec_file_load` (`asm-generic/unistd.h`), of which `libc` has no number for musl.
#[cfg(target_arch = "aarch64")]
const FORBIDDEN_HERE: &[c_long] = &[294];

/// Refused with `ENOSYS`, as by a kernel that is too old, so that libraries go another way.
const NOT_THERE: &[c_long] = &[
    // Its arguments are in memory, where no filter sees them; `clone` does the same with arguments that one sees.
    libc::SYS_clone3,
    // Does what other system calls do, unseen by this filter, and is new and large.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // System V's memory, queues and semaphores stay where all processes of an app have gone.
    libc::SYS_shmget,
    libc::SYS_msgget,
    libc::SYS_semget,
];

/// What begins another set of namespaces (`clone(2)`, `unshare(2)`). The one of time is only for `unshare`: in `clone` its bit
/// belongs to a signal.
const NAMESPACES: [u64; 7] = [
    libc::CLONE_NEWNS as u64,
    libc::CLONE_NEWCGROUP as u64,
    libc::CLONE_NEWUTS as u64,
    libc::CLONE_NEWIPC as u64,
    libc::CLONE_NEWUSER as u64,
    libc::CLONE_NEWPID as u64,
    libc::CLONE_NEWNET as u64,
];
const TIME: u64 = 0x80;

/// The protocols of internet sockets that there are: what is asked for by 0, ICMP, TCP, UDP, ICMPv6. Landlock knows TCP's ports,
/// and neither Multipath TCP's (262) nor SMC's (256), which speak with any TCP server.
const PROTOCOLS: [u64; 5] = [0, 1, 6, 17, 58];

/// From here on there is x86-64's other set of numbers, x32, in which each call is there a second time. Nobody uses it.
#[cfg(target_arch = "x86_64")]
const X32: u32 = 0x4000_0000;

/// Refuses them from here on, in all programs that follow. None of those gains privileges by its mode either, without which the
/// kernel allows this to the superuser alone.
///
/// # Errors
///
/// Where the kernel has no seccomp, or it is not allowed.
pub(super) fn refuse(sockets: Sockets) -> Result<(), String> {
    rustix::thread::set_no_new_privs(true).map_err(|error| error.to_string())?;
    let mut program = quick()?;
    program.extend(compiled(forbidden(sockets)?)?);
    seccompiler::apply_filter(&program).map_err(|error| error.to_string())
}

/// What comes first in the filter, written by hand: seccompiler knows one answer for all that is refused and no ranges. A
/// second filter, and a rule for each number of x32, took the kernel longer than all else that the stage does.
fn quick() -> Result<BpfProgram, String> {
    let instruction = |code: u32, jt: usize, jf: usize, k: u32| -> Result<sock_filter, String> {
        let far = |error: TryFromIntError| error.to_string();
        Ok(sock_filter {
            code: code.try_into().map_err(far)?,
            jt: jt.try_into().map_err(far)?,
            jf: jf.try_into().map_err(far)?,
            k,
        })
    };
    let answer = |error: i32| {
        let k = libc::SECCOMP_RET_ERRNO | error.cast_unsigned();
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, k)
    };
    // The number of the call is the first thing that a filter is given.
    let mut program = vec![instruction(
        libc::BPF_LD | libc::BPF_W | libc::BPF_ABS,
        0,
        0,
        0,
    )?];
    #[cfg(target_arch = "x86_64")]
    {
        program.push(instruction(
            libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K,
            0,
            1,
            X32,
        )?);
        program.push(answer(libc::EPERM)?);
    }
    for (index, number) in NOT_THERE.iter().enumerate() {
        let number = u32::try_from(*number).map_err(|error| error.to_string())?;
        let last = index + 1 == NOT_THERE.len();
        // To the answer behind all of these; the last one passes over it where it is another.
        let code = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
        let to_answer = NOT_THERE.len() - 1 - index;
        program.push(instruction(code, to_answer, usize::from(last), number)?);
    }
    program.push(answer(libc::ENOSYS)?);
    Ok(program)
}

/// A process of another architecture's calls, such as those of 32 bits, is ended: their numbers mean something else.
fn compiled(rules: Rules) -> Result<BpfProgram, String> {
    let architecture = std::env::consts::ARCH.try_into();
    let architecture =
        architecture.map_err(|_| format!("no filter is known for {}", std::env::consts::ARCH))?;
    let refused = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, architecture);
    let program = filter.and_then(BpfProgram::try_from);
    program.map_err(|error| error.to_string())
}

fn forbidden(sockets: Sockets) -> Result<Rules, String> {
    let all = FORBIDDEN.iter().chain(FORBIDDEN_HERE);
    let mut rules: Rules = all.map(|number| (*number, Vec::new())).collect();
    let flags = |bits: &[u64]| -> Result<Vec<SeccompRule>, String> {
        let has = |bit: &u64| rule(&[(0, SeccompCmpOp::MaskedEq(*bit), *bit)]);
        bits.iter().map(has).collect()
    };
    rules.insert(libc::SYS_clone, flags(&NAMESPACES)?);
    let all = [&NAMESPACES[..], &[TIME]].concat();
    rules.insert(libc::SYS_unshare, flags(&all)?);
    rules.insert(libc::SYS_socket, socket_rules(sockets)?);
    Ok(rules)
}

/// Which sockets are refused: all families but these, and internet ones of other protocols.
fn socket_rules(sockets: Sockets) -> Result<Vec<SeccompRule>, String> {
    let internet = [libc::AF_INET, libc::AF_INET6].map(|family| u64::from(family.cast_unsigned()));
    // Netlink tells which addresses there are.
    let mut families = internet.to_vec();
    families.push(u64::from(libc::AF_NETLINK.cast_unsigned()));
    if sockets == Sockets::Local {
        families.push(u64::from(libc::AF_UNIX.cast_unsigned()));
    }
    let none_of = |argument: u8, values: &[u64]| -> Vec<(u8, SeccompCmpOp, u64)> {
        let values = values.iter();
        values
            .map(|value| (argument, SeccompCmpOp::Ne, *value))
            .collect()
    };
    let mut rules = vec![rule(&none_of(0, &families))?];
    for family in internet {
        let mut conditions = vec![(0, SeccompCmpOp::Eq, family)];
        conditions.extend(none_of(2, &PROTOCOLS));
        rules.push(rule(&conditions)?);
    }
    Ok(rules)
}

/// Holds where each condition does, on arguments of 32 bits: what is above them the kernel does not look at either.
fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, String> {
    let conditions = conditions.iter().map(|(argument, operator, value)| {
        SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, operator.clone(), *value)
    });
    let conditions = conditions.collect::<Result<Vec<_>, _>>();
    let rule = conditions.and_then(SeccompRule::new);
    rule.map_err(|error| error.to_string())
}
