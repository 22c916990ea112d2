//! Which files of this machine are read as evidence, and where letters and exports are written: people's own files, and nothing that the
//! system or a program keeps for itself.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Folders that have no files of people.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.to_owned())
}

/// The longest text that is read at once.
const LONGEST: u64 = 64 << 20;

/// Refuses places of the system, wherever they lead.
fn not_of_the_system(path: &Path) -> io::Result<()> {
    match SYSTEM.iter().any(|folder| path.starts_with(folder)) {
        true => Err(refused("it belongs to the system")),
        false => Ok(()),
    }
}

/// Refuses places of the system, and names that programs hide.
fn open_to_people(path: &Path) -> io::Result<()> {
    not_of_the_system(path)?;
    // A person's own folder for temporary files has a hidden name on some systems.
    let temporary = std::env::temp_dir().canonicalize().unwrap_or_default();
    let below = path.strip_prefix(&temporary).ok().and_then(|rest| Some(rest.strip_prefix(rest.components().next()?)));
    let rest = match below {
        Some(Ok(rest)) if !rest.as_os_str().is_empty() => rest,
        Some(_) | None => path,
    };
    if rest.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b".")) {
        return Err(refused(
            "its name, or that of a folder above it, begins with a dot: programs keep their settings and secrets there",
        ));
    }
    Ok(())
}

/// Where a path leads, if a file of a person can be read there.
///
/// # Errors
///
/// Why not: it is a link, no file, hidden, of the system, or cannot be found.
pub fn source(path: &Path) -> io::Result<PathBuf> {
    let about = std::fs::symlink_metadata(path)?;
    if about.is_symlink() {
        return Err(refused("it is a link: name the file that it leads to"));
    }
    if !about.is_file() {
        return Err(refused("it is not a file"));
    }
    not_of_the_system(&std::path::absolute(path)?)?;
    let whole = path.canonicalize()?;
    open_to_people(&whole)?;
    Ok(whole)
}

/// The text of a file that a person names, up to a size: what is no file, like a device, ends there.
///
/// # Errors
///
/// The system's error, or that it is too large or not text.
pub fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(refused(&format!("it is longer than {} MiB", LONGEST >> 20)));
    }
    Ok(text)
}

/// Checks that a file may be written there: a new one, or one of a person that is replaced.
///
/// # Errors
///
/// Why not: a link, no file, hidden, of the system, or a folder that does not exist.
pub fn target(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => return Err(refused("it is a link: name the file that it leads to")),
        Ok(about) if !about.is_file() => return Err(refused("something that is not a file is there")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    not_of_the_system(&std::path::absolute(path)?)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| refused("it names no file"))?;
    open_to_people(&folder.canonicalize()?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_people_are_read_and_written() {
        let folder = tempfile::tempdir().unwrap();
        // The folder's own name is hidden on some systems.
        let here = folder.path().join("here");
        std::fs::create_dir(&here).unwrap();
        let file = |name: &str| here.join(name);
        std::fs::write(file("photo.jpg"), "x").unwrap();
        std::fs::write(file(".secret"), "x").unwrap();
        std::os::unix::fs::symlink(file("photo.jpg"), file("link.jpg")).unwrap();
        let check = |told: io::Result<()>, expect: &str| {
            let told = told.err().map_or_else(|| "yes".to_owned(), |error| error.to_string());
            assert!(told.contains(expect), "{told} is not {expect}");
        };
        let read = |path: &Path| source(path).map(|_| ());
        check(read(&file("photo.jpg")), "yes");
        check(read(&file(".secret")), "begins with a dot");
        std::fs::create_dir(file(".ssh")).unwrap();
        std::fs::write(file(".ssh/id"), "x").unwrap();
        std::os::unix::fs::symlink(file(".ssh"), file("linked")).unwrap();
        check(read(&file(".ssh/id")), "begins with a dot");
        check(read(&file("linked/id")), "begins with a dot");
        check(target(&file("linked/new")), "begins with a dot");
        check(read(&file("link.jpg")), "it is a link");
        check(read(&here), "it is not a file");
        check(read(&file("none")), "No such file");
        check(read(Path::new("/dev/null")), "it is not a file");
        check(read(Path::new("/proc/self/environ")), "belongs to the system");
        check(read(Path::new("/proc/self/root/etc/passwd")), "belongs to the system");
        check(target(&file("new.pdf")), "yes");
        check(target(&file("photo.jpg")), "yes");
        check(target(&file(".bashrc")), "begins with a dot");
        check(target(&file("link.jpg")), "it is a link");
        check(target(&here), "not a file");
        check(target(Path::new("/dev/null")), "not a file");
        check(target(Path::new("/proc/self/x")), "belongs to the system");
        check(target(&here.join("no").join("x")), "No such file");
    }
}
