//! A step as it is written down, in a form and on the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bulla_client::StepBuilder;
use bulla_rules::profile::{FieldType, Profile};
use bulla_types::{DigestAlgorithm, Digests, DocumentItem, FieldValue, Identifier};
use clap::Args;

use super::form::Form;
use super::taking::Stopped;
use super::texts::PAIR_FORM;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::{documents, parse};

/// What a step says and hands in. What stands on the command line comes before what the form says.
#[derive(Default, Args)]
pub(super) struct WrittenArguments {
    /// A form that template has printed and somebody has filled in | 由 template 输出并填好的模板
    #[arg(long = "from", value_name = "FILE")]
    form: Option<PathBuf>,
    /// A field; several times for a list; = for what an earlier field has said that it must equal | 登记事项；列表可重复给出；值为 = 表示沿用须与之一致的在先事项
    #[arg(long = "field", value_name = "FIELD=VALUE", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// A document: a file, of which only digests leave this machine, E-... or Z-...; several times for several | 材料：文件（只提交摘要）、E-… 或 Z-…；多份可重复给出
    #[arg(long = "document", value_name = "CATEGORY=DOCUMENT", value_parser = pair)]
    documents: Vec<(String, String)>,
    /// Reasons, where the step must give them; erasable | 理由（须说明理由的步骤），可删除
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    reasons: Option<String>,
}

/// A step as it is written down.
pub(super) struct Written {
    /// What the form says of everything else.
    pub(super) form: Form,
    fields: BTreeMap<String, Entered>,
    documents: BTreeMap<String, Entered>,
}

/// Something that was entered, and the folder from which the files in it are named: the form's own, or where the
/// command is run.
struct Entered {
    texts: Vec<String>,
    folder: PathBuf,
}

impl Entered {
    /// The file that a text names.
    fn file(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

impl WrittenArguments {
    /// The form, with what the command line puts in its place.
    pub(super) fn read(&self) -> Result<Written, Failure> {
        let mut form = self.form.as_deref().map(Form::read).transpose()?.unwrap_or_default();
        if self.reasons.is_some() {
            form.reasons.clone_from(&self.reasons);
        }
        let folder = self.form.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let own = Path::new("");
        let mut fields = entered(form.fields()?, folder);
        fields.extend(entered(gathered(&self.fields), own));
        let mut documents = entered(form.documents()?, folder);
        documents.extend(entered(gathered(&self.documents), own));
        Ok(Written { form, fields, documents })
    }
}

impl Written {
    /// Puts it into a step.
    pub(super) fn enter<'p>(
        &self,
        mut builder: StepBuilder<'p>,
        profile: &Profile,
    ) -> Result<StepBuilder<'p>, Stopped> {
        for (name, field) in &self.fields {
            builder = enter_field(builder, profile, name, field)?;
        }
        for (category, document) in &self.documents {
            for text in &document.texts {
                builder = enter_document(builder, category, document, text)?;
            }
        }
        match &self.form.reasons {
            Some(reasons) => Ok(builder.reasons(reasons)?),
            None => Ok(builder),
        }
    }
}

/// A field, as it was entered: of a digest, the file that is named will do.
fn enter_field<'p>(
    mut builder: StepBuilder<'p>,
    profile: &Profile,
    name: &str,
    field: &Entered,
) -> Result<StepBuilder<'p>, Stopped> {
    let of = profile.fields.get(name).map(|field| &field.of);
    // Shares are one value.
    let shares = (of == Some(&FieldType::Shares)).then(|| vec![field.texts.join(",")]);
    for text in shares.as_ref().unwrap_or(&field.texts) {
        let file = field.file(text);
        builder = match of {
            Some(FieldType::Digest) if file.exists() => {
                builder.value(name, FieldValue::Digests(digests(&file)?))?
            }
            _ => builder.field(name, text)?,
        };
    }
    Ok(builder)
}

/// A document, as it was entered: an identifier, or a file.
fn enter_document<'p>(
    builder: StepBuilder<'p>,
    category: &str,
    document: &Entered,
    text: &str,
) -> Result<StepBuilder<'p>, Stopped> {
    let file = document.file(text);
    if text.parse::<Identifier>().is_ok() || text.contains(':') && !file.exists() {
        return Ok(builder.document(category, text)?);
    }
    Ok(builder.document_item(category, DocumentItem::Digests(digests(&file)?))?)
}

/// The digests of a file, those of a deposit of it as evidence.
fn digests(file: &Path) -> Result<Digests, Failure> {
    let mut all = documents::all(&documents::to_prove(file)?);
    all.retain(|digest| digest.algorithm != DigestAlgorithm::Blake3);
    Digests::new(all).map_err(|fault| Failure::internal(&fault))
}

fn entered(
    items: impl IntoIterator<Item = (String, Vec<String>)>,
    folder: &Path,
) -> BTreeMap<String, Entered> {
    let entered = |(name, texts)| (name, Entered { texts, folder: folder.to_owned() });
    items.into_iter().map(entered).collect()
}

/// Values of the same name together, in the order given.
fn gathered(pairs: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let mut gathered: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs {
        match gathered.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value.clone()),
            None => gathered.push((name.clone(), vec![value.clone()])),
        }
    }
    gathered
}

/// A name and what belongs to it.
pub(super) fn pair(text: &str) -> Result<(String, String), Mistake> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err(Mistake(PAIR_FORM.into())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_pair_is_parted_at_its_first_equals_sign() {
        assert_eq!(pair("brief=a=b").unwrap(), ("brief".to_owned(), "a=b".to_owned()));
        for text in ["", "a", "=a", "a="] {
            assert!(pair(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_is_named_from_the_folder_of_its_form_or_from_here() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("form.toml");
        std::fs::write(&path, "[documents]\nform = ['a.pdf']\nboth = ['a.pdf']").unwrap();
        let documents = vec![("both".to_owned(), "b.pdf".to_owned())];
        let arguments = WrittenArguments { form: Some(path), documents, ..WrittenArguments::default() };
        let documents = arguments.read().unwrap().documents;
        assert_eq!(documents["form"].file("a.pdf"), folder.path().join("a.pdf"));
        assert_eq!(
            (&documents["both"].texts, documents["both"].file("b.pdf")),
            (&vec!["b.pdf".to_owned()], "b.pdf".into())
        );
    }

    #[test]
    fn what_is_given_several_times_is_a_list() {
        let pairs = [("a", "1"), ("b", "2"), ("a", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let expected =
            [("a".to_owned(), vec!["1".to_owned(), "3".to_owned()]), ("b".to_owned(), vec!["2".to_owned()])];
        assert_eq!(gathered(&pairs), expected);
    }
}
