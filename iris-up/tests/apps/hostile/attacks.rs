//! What it tries.

use nix::sched::CloneFlags;
use nix::sys::ptrace;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use rustix::mount::MountFlags;
use rustix::net::{AddressFamily, SocketType, ipproto, sockopt};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use std::error::Error;
use std::fs;
use std::io::{IoSliceMut, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::thread;

type Came = Result<String, Box<dyn Error>>;

/// What came of one attack.
pub(crate) fn try_it(what: &str, argument: &str) -> Came {
    match what {
        "" => Ok("it answers".to_owned()),
        "read" => Ok(fs::read(argument)?.len().to_string()),
        "list" => Ok(fs::read_dir(argument)?.count().to_string()),
        "write" => written(fs::write(argument, "was here")),
        "remove" => written(fs::remove_file(argument)),
        "link" => written(std::os::unix::fs::symlink("/etc/shadow", argument)),
        "run" => Ok(Command::new(argument).status()?.to_string()),
        "tools" => tools(),
        "connect" => {
            TcpStream::connect((Ipv4Addr::LOCALHOST, argument.parse()?))?;
            Ok("connected".to_owned())
        }
        "multipath" => multipath(argument.parse()?),
        "listen" => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, argument.parse()?))?;
            Ok(listener.local_addr()?.to_string())
        }
        "datagram" => {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port: u16 = argument.parse()?;
            Ok(socket
                .send_to(b"here", (Ipv4Addr::LOCALHOST, port))?
                .to_string())
        }
        "packets" => {
            rustix::net::socket(AddressFamily::PACKET, SocketType::RAW, None)?;
            Ok("a socket".to_owned())
        }
        "local" => written(UnixStream::connect(argument).map(drop)),
        "local-own" => {
            let _listener = UnixListener::bind(argument)?;
            written(UnixStream::connect(argument).map(drop))
        }
        "abstract" => {
            let address = SocketAddr::from_abstract_name(argument)?;
            written(UnixStream::connect_addr(&address).map(drop))
        }
        "trace" => {
            ptrace::attach(Pid::from_raw(argument.parse()?))?;
            Ok("attached".to_owned())
        }
        "memory-of" => {
            let mut here = [0; 8];
            let there = RemoteIoVec {
                base: 0x1000,
                len: 8,
            };
            let process = Pid::from_raw(argument.parse()?);
            let read = process_vm_readv(process, &mut [IoSliceMut::new(&mut here)], &[there])?;
            Ok(read.to_string())
        }
        "signal" => {
            let process = rustix::process::Pid::from_raw(argument.parse()?).ok_or("no process")?;
            rustix::process::kill_process(process, Signal::KILL)?;
            Ok("sent".to_owned())
        }
        "mount" => {
            rustix::mount::mount("none", argument, "tmpfs", MountFlags::empty(), None)?;
            Ok("mounted".to_owned())
        }
        // By a language in which that is safe; it says the number of the error.
        "call" => {
            let script = "$! = 0; syscall($ARGV[0], 0, 0, 0, 0, 0, 0); print $! + 0";
            let output = Command::new("perl")
                .args(["-e", script, argument])
                .output()?;
            Ok(String::from_utf8(output.stdout)?)
        }
        "namespaces" => {
            nix::sched::unshare(CloneFlags::CLONE_NEWUSER)?;
            Ok("another user".to_owned())
        }
        "root" => {
            rustix::thread::set_thread_uid(rustix::fs::Uid::ROOT)?;
            Ok("root".to_owned())
        }
        "who" => Ok(rustix::process::geteuid().as_raw().to_string()),
        "descriptors" => descriptors(),
        "core" => Ok(fs::read_to_string("/proc/self/limits")?),
        "value" => Ok(std::env::var(argument)?),
        "stderr" => {
            let mut own = fs::OpenOptions::new().write(true).open("/dev/stderr")?;
            written(writeln!(own, "by its name"))
        }
        "linger" => linger(),
        "processes" => processes(),
        "bomb" => {
            itself("bomb")?;
            Ok("begun".to_owned())
        }
        "memory" => memory(argument.parse()?),
        "memory-of-child" => memory_of_child(),
        "file" => file(argument),
        "flood" => {
            itself("flood")?;
            Ok("begun".to_owned())
        }
        "spin" => spin_everywhere(argument.parse()?),
        "open" => open(argument.parse()?),
        "raise" => raise(argument.parse()?),
        _ => Err("there is no such attack".into()),
    }
}

fn written(done: std::io::Result<()>) -> Came {
    done?;
    Ok("it worked".to_owned())
}

/// Ordinary things that ordinary apps do.
fn tools() -> Came {
    let home = std::env::var("HOME")?;
    let temporary = std::env::temp_dir().join("ordinary");
    fs::write(&temporary, "x")?;
    let kept = format!("{home}/ordinary");
    fs::rename(&temporary, &kept)?;
    let script = "test -r /etc/hosts && head -c 8 /dev/urandom >/dev/null && cat ordinary";
    let shell = Command::new("sh")
        .args(["-c", script])
        .current_dir(home)
        .output()?;
    fs::read("/proc/self/status")?;
    Ok(String::from_utf8(shell.stdout)?)
}

/// TCP by another name, which falls back to it.
fn multipath(port: u16) -> Came {
    let socket = rustix::net::socket(
        AddressFamily::INET,
        SocketType::STREAM,
        Some(ipproto::MPTCP),
    )?;
    rustix::net::connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    sockopt::socket_error(&socket)??;
    Ok("connected".to_owned())
}

/// Its open files, by what they are.
fn descriptors() -> Came {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let target = fs::read_link(entry.path()).unwrap_or_default();
        found.push(format!(
            "{}={}",
            entry.file_name().display(),
            target.display()
        ));
    }
    Ok(found.join(" "))
}

fn itself(what: &str) -> std::io::Result<std::process::Child> {
    Command::new("/proc/self/exe")
        .arg(what)
        .env_clear()
        .stdin(Stdio::null())
        .spawn()
}

/// A process in a session of its own, with nothing in its environment, whose parent is gone.
fn linger() -> Came {
    let script = "\"$0\" linger >/dev/null 2>&1 & echo $!";
    let own = std::env::current_exe()?;
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(own)
        .env_clear()
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Starts processes until there are no more.
fn processes() -> Came {
    let mut count = 0;
    for _ in 0..5_000 {
        match itself("linger") {
            Ok(_) => count += 1,
            Err(error) => return Ok(format!("{count}, then {error}")),
        }
    }
    Ok(format!("{count}, and more"))
}

/// Each starts others, for ever.
pub(crate) fn bomb() -> ! {
    loop {
        // What there is no room for now there may be later.
        let _ = itself("bomb");
    }
}

/// Takes so many MiB, and uses them.
fn memory(mib: usize) -> Came {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    for _ in 0..mib {
        taken.push(vec![1; 1 << 20]);
    }
    let used: usize = taken
        .iter()
        .map(|part| usize::from(part[part.len() / 2]))
        .sum();
    Ok(format!("{used} MiB"))
}

/// Takes all that there is.
pub(crate) fn swell() -> ! {
    let mut taken = Vec::new();
    loop {
        taken.push(vec![1_u8; 1 << 20]);
    }
}

/// The same in a child, after which this one goes on.
fn memory_of_child() -> Came {
    let script = "x=0123456789; while :; do x=$x$x; done";
    Ok(Command::new("sh")
        .args(["-c", script])
        .status()?
        .to_string())
}

/// Writes a file that grows until it is not let.
fn file(path: &str) -> Came {
    let mut file = fs::File::create(path)?;
    let piece = vec![1; 1 << 20];
    for _ in 0..4096 {
        file.write_all(&piece)?;
    }
    Ok("4 GiB".to_owned())
}

/// Prints without an end: lines, and a line that has none.
pub(crate) fn flood() -> ! {
    let mut out = std::io::stdout().lock();
    let line = [&[b'x'; 1023][..], b"\n"].concat();
    let endless = vec![0xff; 1 << 16];
    loop {
        for _ in 0..64 {
            let _ = out.write_all(&line);
        }
        let _ = out.write_all(&endless);
    }
}

/// Takes processors by so many threads of its own, and by as many processes, each in a session of its own.
fn spin_everywhere(count: usize) -> Came {
    for _ in 0..count {
        itself("spins")?;
        thread::spawn(|| spin());
    }
    Ok("begun".to_owned())
}

/// Takes a processor.
pub(crate) fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

/// Opens files until it is refused one, so many at most, and says how many it had open then, and why there were no more.
fn open(most: usize) -> Came {
    let mut files = Vec::new();
    let refused = loop {
        match fs::File::open("/dev/null") {
            Ok(file) => files.push(file),
            Err(error) => break error.raw_os_error(),
        }
        if files.len() == most {
            return Ok(format!("{most}, and more"));
        }
    };
    // Its own are among them, and those that it needs to say so.
    let highest = files.iter().map(AsRawFd::as_raw_fd).max();
    Ok(format!("{highest:?}, then {refused:?}"))
}

/// Gives itself more open files than it was given.
fn raise(files: u64) -> Came {
    let limit = Rlimit {
        current: Some(files),
        maximum: Some(files),
    };
    setrlimit(Resource::Nofile, limit)?;
    Ok("raised".to_owned())
}
