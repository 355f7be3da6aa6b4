//! How a zip gets to where it runs: the lines to type.

use super::target::Arch;
use std::path::Path;

/// What can be uploaded with a command; what is larger goes by way of S3 (AWS Lambda's quota).
const DIRECTLY: u64 = 50 * 1024 * 1024;

/// A zip that is to be deployed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deployment<'a> {
    pub(super) name: &'a str,
    pub(super) zip: &'a Path,
    pub(super) bytes: u64,
    pub(super) arch: Arch,
}

impl Deployment<'_> {
    /// The lines for AWS, the first time and later, and for a box with iris-up.
    pub(super) fn commands(&self) -> Vec<String> {
        let Deployment { name, arch, .. } = *self;
        let mut commands = Vec::new();
        let zip = quoted(&self.zip.to_string_lossy());
        let (at_first, later) = match self.bytes > DIRECTLY {
            false => {
                let code = format!(
                    "--zip-file {}",
                    quoted(&format!("fileb://{}", self.zip.display()))
                );
                (code.clone(), code)
            }
            true => {
                commands.push(format!("aws s3 cp {zip} s3://BUCKET/{name}.zip"));
                (
                    format!("--code S3Bucket=BUCKET,S3Key={name}.zip"),
                    format!("--s3-bucket BUCKET --s3-key {name}.zip"),
                )
            }
        };
        commands.push(format!(
            "aws lambda create-function --function-name {name} --handler {name} \\\n    \
             --runtime provided.al2023 --architectures {} {at_first} \\\n    \
             --role arn:aws:iam::ACCOUNT:role/ROLE",
            arch.as_amazon_says()
        ));
        commands.push(format!(
            "aws lambda update-function-code --function-name {name} {later}"
        ));
        commands.push(format!("iris-up push --lambda {zip} --name {name}"));
        commands
    }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./:".contains(char);
    match word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_goes_by_way_of_a_bucket() {
        let deployment = Deployment {
            name: "images",
            zip: Path::new("it's.zip"),
            bytes: DIRECTLY,
            arch: Arch::Arm64,
        };
        let [create, update, push] = &deployment.commands()[..] else {
            panic!()
        };
        assert!(
            create.contains(r"--architectures arm64 --zip-file 'fileb://it'\''s.zip' "),
            "{create}"
        );
        assert!(
            update.ends_with(r"--zip-file 'fileb://it'\''s.zip'"),
            "{update}"
        );
        assert_eq!(push, r"iris-up push --lambda 'it'\''s.zip' --name images");
        let larger = Deployment {
            bytes: DIRECTLY + 1,
            ..deployment
        };
        let commands = larger.commands();
        assert_eq!(
            commands[0],
            r"aws s3 cp 'it'\''s.zip' s3://BUCKET/images.zip"
        );
        assert!(
            commands[1].contains("--code S3Bucket=BUCKET,S3Key=images.zip "),
            "{}",
            commands[1]
        );
        assert!(
            commands[2].ends_with("--s3-bucket BUCKET --s3-key images.zip"),
            "{}",
            commands[2]
        );
    }
}
