//! Stable reason codes: the same in gRPC, HTTP, the command line, logs and reports, in every language.

use std::fmt;
use std::str::FromStr;

use crate::lang::Lang;

/// Declares the codes in groups. A code is never renamed and never given another meaning.
macro_rules! reasons {
    ($(
        $group:literal {
            $($variant:ident = $code:literal { en $en:literal zh $zh:literal })+
        }
    )+) => {
        /// Why something was refused, did not verify, or cannot go on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonCode {
            $($(#[doc = $en] $variant,)+)+
        }

        impl ReasonCode {
            /// Every code, by group, in the order of `docs/reason-codes.md`.
            pub const GROUPS: &'static [(&'static str, &'static [Self])] =
                &[$(($group, &[$(Self::$variant,)+]),)+];

            /// The code as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$variant => $code,)+)+
                }
            }

            /// One sentence for people: what is wrong and what to do.
            #[must_use]
            pub const fn message(self, lang: Lang) -> &'static str {
                match lang {
                    Lang::En => match self { $($(Self::$variant => $en,)+)+ },
                    Lang::Zh => match self { $($(Self::$variant => $zh,)+)+ },
                }
            }
        }
    };
}

reasons! {
    "Form of a request, file or proof" {
        Malformed = "MALFORMED" {
            en "The data does not have the required form; correct the field that the error names."
            zh "数据格式不符合要求，请更正错误信息所指的字段。"
        }
        NotCanonical = "NOT_CANONICAL" {
            en "The data is readable but not in its one canonical encoding, or holds an unknown field; encode it as docs/formats/canonical.md says."
            zh "数据可读取，但不是唯一的规范编码，或含有未知字段，请按 docs/formats/canonical.md 重新编码。"
        }
        UnknownVersion = "UNKNOWN_VERSION" {
            en "The format or protocol version is not known to this software; use a newer release or the version that it names."
            zh "本软件不识别该格式版本或协议版本，请使用更新的软件或所支持的版本。"
        }
        UnknownAlgorithm = "UNKNOWN_ALGORITHM" {
            en "The algorithm is not accepted here; use one that docs/formats lists for this version."
            zh "此处不接受该算法，请使用 docs/formats 中列出的本版本算法。"
        }
        UnknownValue = "UNKNOWN_VALUE" {
            en "A field holds a number that names nothing in this version; use one of the listed values."
            zh "某字段的取值在本版本中没有定义，请使用列出的取值。"
        }
        TextInvalid = "TEXT_INVALID" {
            en "A text is empty, too long, holds control characters or is not in Unicode Normalization Form C; correct it."
            zh "文本为空、过长、含有控制字符或不是 Unicode NFC 规范形式，请更正。"
        }
        CreditCodeInvalid = "CREDIT_CODE_INVALID" {
            en "This is not a unified social credit code of GB 32100-2015; check it for typing errors."
            zh "不是符合 GB 32100-2015 的统一社会信用代码，请检查是否输入有误。"
        }
        IdentifierInvalid = "IDENTIFIER_INVALID" {
            en "This is not an identifier of a Bulla ledger, or its check digits do not fit; check it for typing errors."
            zh "编号格式不正确或校验位不符，请检查是否输入有误。"
        }
        TooLarge = "TOO_LARGE" {
            en "A message, list, entry or value exceeds its limit; make it smaller or split the request."
            zh "消息、列表、条目或数值超过上限，请缩小内容或拆分请求。"
        }
    }

    "Openings of attached fields" {
        OpeningMismatch = "OPENING_MISMATCH" {
            en "An opening does not match its commitment; send the salt and value that the commitment was made with."
            zh "附带内容与承诺值不符，请提交生成承诺时所用的盐值和原值。"
        }
        OpeningUnknown = "OPENING_UNKNOWN" {
            en "An opening is for a field that the action does not commit to; leave it out or add the commitment."
            zh "附带内容所指的字段没有承诺值，请去掉该内容或补充承诺。"
        }
    }

    "Keys and signatures" {
        WeakKey = "WEAK_KEY" {
            en "The public key is weak or not canonically encoded and is never accepted; generate a new key."
            zh "公钥为弱密钥或编码不规范，一律不予接受，请重新生成密钥。"
        }
        SignerUnknown = "SIGNER_UNKNOWN" {
            en "A signer's member or key is not on this ledger; enrol it first or name the right one."
            zh "签名方的成员或密钥不在本账本上，请先登记或更正。"
        }
        SignerMissing = "SIGNER_MISSING" {
            en "A signature that this action needs is missing; have the member that it concerns sign."
            zh "缺少该操作所需的签名，请由相关成员签名。"
        }
        SignatureInvalid = "SIGNATURE_INVALID" {
            en "A signature does not verify; sign this very transaction with the key that it names."
            zh "签名验证不通过，请用所列密钥对该交易本身重新签名。"
        }
        PossessionInvalid = "POSSESSION_INVALID" {
            en "The new key's proof of possession does not verify; sign it with the new key for this ledger and request."
            zh "新密钥的持有证明验证不通过，请用新密钥针对本账本和本请求签名。"
        }
        SignedAlready = "SIGNED_ALREADY" {
            en "The key has signed this draft already; pass it on to those who have not."
            zh "该密钥已签署此文件，请转交尚未签名的各方。"
        }
        KeyUnknown = "KEY_UNKNOWN" {
            en "The key is not enrolled on this ledger; check the key id."
            zh "该密钥未在本账本登记，请核对密钥编号。"
        }
        KeyExists = "KEY_EXISTS" {
            en "The key is already enrolled; a key is enrolled once, so generate a new one."
            zh "该密钥已登记过，每个密钥只能登记一次，请生成新密钥。"
        }
        KeyRetired = "KEY_RETIRED" {
            en "The key is retired: it signs nothing more and is not retired again; to sign, use a key that is in force."
            zh "该密钥已停用：不能再用于签名，也无须再次停用；签名请使用有效的密钥。"
        }
        KeyCompromised = "KEY_COMPROMISED" {
            en "The key has been reported compromised; sign with another key that is in force."
            zh "该密钥已报告泄露，请使用其他有效的密钥签名。"
        }
        KeyPurposeWrong = "KEY_PURPOSE_WRONG" {
            en "The key's purpose does not cover this; sign with a key enrolled for it."
            zh "该密钥的用途不含此项操作，请使用相应用途的密钥。"
        }
    }

    "Members and their powers" {
        MemberUnknown = "MEMBER_UNKNOWN" {
            en "There is no member with this number; check it."
            zh "没有该编号的成员，请核对。"
        }
        MemberSuspended = "MEMBER_SUSPENDED" {
            en "The member is suspended; the registration bodies can readmit it."
            zh "该成员已被暂停，可由登记机构恢复。"
        }
        MemberStatusUnchanged = "MEMBER_STATUS_UNCHANGED" {
            en "The member already has this status; nothing is to be done."
            zh "该成员已处于此状态，无需操作。"
        }
        CreditCodeTaken = "CREDIT_CODE_TAKEN" {
            en "A member with this unified social credit code is already enrolled; use that member."
            zh "该统一社会信用代码已有成员登记，请使用该成员。"
        }
        RoleMissing = "ROLE_MISSING" {
            en "The member lacks the role that this action needs; have a member with that role sign."
            zh "该成员没有此项操作所需的角色，请由具备该角色的成员签名。"
        }
        ThresholdNotMet = "THRESHOLD_NOT_MET" {
            en "Too few registration bodies signed; collect as many signatures as the ledger's threshold asks."
            zh "签名的登记机构数量不足，请按账本规定的门限收集签名。"
        }
        MemberExpelled = "MEMBER_EXPELLED" {
            en "The member was expelled, which is final; another member must act."
            zh "该成员已被除名且不可恢复，请由其他成员办理。"
        }
        RolesUnchanged = "ROLES_UNCHANGED" {
            en "The member has exactly these roles already; nothing needs to be done."
            zh "该成员已经具有这些角色，无需办理。"
        }
        ThresholdUnreachable = "THRESHOLD_UNREACHABLE" {
            en "The signatures do not show that enough registration bodies for the threshold would stay able to sign; let others than the one concerned sign (--signer), or enrol another one first."
            zh "现有签名未能表明此后可签名的登记机构仍达到门限；请由所涉机构以外的登记机构签名（--signer），或先登记其他登记机构。"
        }
    }

    "Requests on this ledger" {
        WrongLedger = "WRONG_LEDGER" {
            en "This is made for another ledger; check the ledger id."
            zh "此内容属于另一账本，请核对账本标识。"
        }
        Expired = "EXPIRED" {
            en "The transaction's time limit has passed; make and sign a new one."
            zh "交易已过有效期，请重新生成并签名。"
        }
        RequestIdReused = "REQUEST_ID_REUSED" {
            en "This request id was used for another transaction; take a new request id."
            zh "该请求编号已用于另一交易，请使用新的请求编号。"
        }
        RequestRepeated = "REQUEST_REPEATED" {
            en "This very transaction is already recorded; fetch its receipt."
            zh "该交易已记录在账，请获取其回执。"
        }
        RequestTimeOutOfWindow = "REQUEST_TIME_OUT_OF_WINDOW" {
            en "The time within the request id is too far from the ledger's time; check the clock and take a new request id."
            zh "请求编号中的时间与账本时间相差过大，请校准时钟并使用新的请求编号。"
        }
        EvidenceUnknown = "EVIDENCE_UNKNOWN" {
            en "A link names a deposit that is not on this ledger; check the evidence number."
            zh "关联的存证不在本账本上，请核对存证号。"
        }
        EventInvalid = "EVENT_INVALID" {
            en "A system event is out of place, recorded before, or does not prove itself; the block that holds it is refused."
            zh "系统事件位置不当、已有记录或不能自证，含该事件的区块不予接受。"
        }
        SignerSuperfluous = "SIGNER_SUPERFLUOUS" {
            en "A member signs that takes no part in any step; leave its signature out or name it in the step."
            zh "有成员签名但未参与任何步骤，请去掉该签名或在步骤中列明该成员。"
        }
    }

    "Validators and parameters" {
        ValidatorInvalid = "VALIDATOR_INVALID" {
            en "A validator is one CONSENSUS key in force of an active registration body; name such a key."
            zh "验证节点须以有效登记机构的一把有效共识密钥登记，请指定符合条件的密钥。"
        }
        ValidatorsUnchanged = "VALIDATORS_UNCHANGED" {
            en "The key has this voting power already, or is no validator; nothing needs to be done."
            zh "该密钥已具有此表决权，或本非验证节点，无需办理。"
        }
        ValidatorInUse = "VALIDATOR_IN_USE" {
            en "The key is that of a validator; replace or remove the validator first, in the same transaction if need be."
            zh "该密钥为在任验证节点所用，请先更换或移除该验证节点，可在同一交易中办理。"
        }
        QuorumAtRisk = "QUORUM_AT_RISK" {
            en "The ledger might decide no block any more; keep enough of the validators that there are, and change the rest in steps."
            zh "变更后账本可能无法再形成区块，请保留足够的现任验证节点，其余分步变更。"
        }
        ParametersInvalid = "PARAMETERS_INVALID" {
            en "The parameters would stop the ledger, or change what is fixed from its founding; correct the one that the error names."
            zh "该参数将使账本停止运行，或改变创设时即已固定的事项，请更正错误信息所指的参数。"
        }
        ParametersChanged = "PARAMETERS_CHANGED" {
            en "The parameters were changed since this change was made; read them again and repeat it."
            zh "参数在本次变更拟定之后已被修改，请重新读取后再办理。"
        }
        ProtocolVersionInvalid = "PROTOCOL_VERSION_INVALID" {
            en "The version is not later than the one in force, or further ahead than a ledger goes up at once; schedule the version that the programs of the members know."
            zh "该协议版本不高于现行版本，或一次提升过多，请排定各成员程序所支持的版本。"
        }
        ProtocolNoticeTooShort = "PROTOCOL_NOTICE_TOO_SHORT" {
            en "The height comes too soon for the members to install the newer program; name a later one."
            zh "该高度过近，各成员来不及安装新程序，请指定更高的高度。"
        }
        ProtocolScheduleUnchanged = "PROTOCOL_SCHEDULE_UNCHANGED" {
            en "This version is scheduled for this height already, or nothing is scheduled that could be taken back; nothing needs to be done."
            zh "该版本已排定于此高度，或没有可撤销的排期，无需办理。"
        }
    }

    "Proposals of the registration bodies" {
        ProposalUnknown = "PROPOSAL_UNKNOWN" {
            en "There is no such proposal on this ledger; check its number."
            zh "本账本上没有该提案，请核对提案编号。"
        }
        ProposalEnded = "PROPOSAL_ENDED" {
            en "The proposal was carried out, rejected or withdrawn and takes no more votes; propose anew what is still wanted."
            zh "该提案已执行、已否决或已撤回，不再接受表决；仍有需要的，请另行提案。"
        }
        ProposalExpired = "PROPOSAL_EXPIRED" {
            en "The time in which the proposal took votes is over; propose anew what is still wanted."
            zh "该提案的表决期限已过；仍有需要的，请另行提案。"
        }
        ProposalDiffers = "PROPOSAL_DIFFERS" {
            en "The vote is on other acts than the proposal of this number holds; read the proposal again and vote on what it says."
            zh "表决所针对的内容与该编号的提案不一致，请重新阅读提案后再表决。"
        }
        ProposalTermInvalid = "PROPOSAL_TERM_INVALID" {
            en "A proposal takes votes for some time after it is made and for 366 days at most; give it a time between."
            zh "提案的表决期限须晚于提出之时，最长 366 日，请另定期限。"
        }
        VoteCast = "VOTE_CAST" {
            en "The registration body has voted on this proposal, and votes once; leave its signature out."
            zh "该登记机构已就此提案表决，每个提案只表决一次，请去掉其签名。"
        }
        TooManyProposals = "TOO_MANY_PROPOSALS" {
            en "The registration body has as many proposals open as it may; wait until one of them ends, or withdraw one."
            zh "该登记机构待表决的提案已达上限，请等待其中之一结束，或撤回其中之一。"
        }
    }

    "Profiles and calendars" {
        ProfileUnknown = "PROFILE_UNKNOWN" {
            en "No rule profile with this digest was adopted; check the digest."
            zh "没有采用过该摘要的规则配置，请核对摘要。"
        }
        ProfileNotInForce = "PROFILE_NOT_IN_FORCE" {
            en "New cases do not run under this profile; use the version in force, or check when its source is in force."
            zh "新案件不再适用该规则配置，请使用现行版本，或核对依据的施行期间。"
        }
        ProfileInvalid = "PROFILE_INVALID" {
            en "The rule profile contradicts itself, leaves a value unset or names no body that runs it; correct what the error names."
            zh "规则配置自相矛盾、有未定的参数或未写明办理机构，请更正错误信息所指之处。"
        }
        ProfileUnsupported = "PROFILE_UNSUPPORTED" {
            en "The rule profile uses a primitive that this version does not interpret; adopt it with a later release."
            zh "规则配置使用了本版本尚不支持的要素，请在更高版本中采用。"
        }
        ProfileNotNewer = "PROFILE_NOT_NEWER" {
            en "The same or a later version of this profile is in force; raise its version."
            zh "该规则配置的相同或更新版本已在施行，请提高版本号。"
        }
        ProfileDiffers = "PROFILE_DIFFERS" {
            en "The profile was adopted under this version with other content; use the bytes that were adopted, or raise the version for what is new."
            zh "该版本号下已采用的规则配置内容与此不同，请使用已采用的内容，或为新内容提高版本号。"
        }
        CalendarInvalid = "CALENDAR_INVALID" {
            en "The year is not of the ledger's calendar, does not join the years in force or breaks its format; adopt the next year."
            zh "该年度不属于本账本的日历、与现行年度不相连或格式有误，请采用相邻的年度。"
        }
        CalendarNotNewer = "CALENDAR_NOT_NEWER" {
            en "The same or a later revision of this year is in force; raise its revision."
            zh "该年度日历的相同或更新修订已在施行，请提高修订号。"
        }
        SuspensionInvalid = "SUSPENSION_INVALID" {
            en "A suspension of clocks names up to 366 days, and profiles that were adopted or a case that is open; correct what the error names."
            zh "期间中止决定最多包含 366 日，且所指规则配置须已启用、案件须未终结，请按错误信息更正。"
        }
        DeadlineHeld = "DEADLINE_HELD" {
            en "The deadline came while the ledger stood still; wait until the registration bodies have decided on a suspension, or their time for it is over."
            zh "该期限在账本停机期间届满，请等待登记机构作出期间中止决定，或该决定期届满。"
        }
        CalendarChangesPast = "CALENDAR_CHANGES_PAST" {
            en "The revision changes a settled day that has come, or unsettles days; change later days only."
            zh "该修订改变了已经过去且已确定的日子，或使已确定的日子重新未定，只能改变以后的日子。"
        }
        CalendarMissing = "CALENDAR_MISSING" {
            en "A date counts into a year whose calendar is not on the ledger; adopt that year first."
            zh "期间计入的年度尚无日历，请先采用该年度日历。"
        }
    }

    "Cases" {
        CaseUnknown = "CASE_UNKNOWN" {
            en "There is no case with this number; check it."
            zh "没有该编号的案件，请核对。"
        }
        CaseEnded = "CASE_ENDED" {
            en "The case has ended and takes no more steps; open a new one if the rules allow it."
            zh "案件已终结，不能再办理，如规则允许请另行申请。"
        }
        CaseExists = "CASE_EXISTS" {
            en "A case about the same stands in the way; see the condition that the error names."
            zh "就同一事项已有案件，请查看错误信息所列条件。"
        }
        TooManyCases = "TOO_MANY_CASES" {
            en "Too many cases about the same are open, or too many of one member; wait until one of them ends, or withdraw one."
            zh "就同一事项办理中的案件过多，或由同一成员申请的过多，请等待其中之一终结，或撤回其中之一。"
        }
        CaseSubjectInvalid = "CASE_SUBJECT_INVALID" {
            en "The procedure is not about this, or it is not on the ledger or not in force; name the right record."
            zh "案件所涉事项与程序不符、不存在或已失效，请更正。"
        }
        StepUnknown = "STEP_UNKNOWN" {
            en "The profile has no such procedure or step; check the name."
            zh "规则配置中没有该程序或步骤，请核对名称。"
        }
        StepOutOfOrder = "STEP_OUT_OF_ORDER" {
            en "The step is not taken in this state of the case; take one of those that the error lists."
            zh "案件当前状态下不能办理该步骤，请办理错误信息所列步骤之一。"
        }
        PartyWrong = "PARTY_WRONG" {
            en "The step is not for this party or member; have the party that the error names take it."
            zh "该步骤不由该当事人或成员办理，请由错误信息所指的当事人办理。"
        }
        MandateMissing = "MANDATE_MISSING" {
            en "An agent acts without a mandate, or where none may act; hand the mandate in or act in person."
            zh "代理人未提交授权或该步骤不得代理，请提交授权或由本人办理。"
        }
        FieldMissing = "FIELD_MISSING" {
            en "A field that the step needs is missing; add it."
            zh "缺少该步骤必填的登记事项，请补充。"
        }
        FieldInvalid = "FIELD_INVALID" {
            en "A field is not of this step, or its value or place is not as the profile asks; correct it."
            zh "登记事项不属于该步骤，或取值、记载方式不符合规则，请更正。"
        }
        DocumentMissing = "DOCUMENT_MISSING" {
            en "A document that the step needs is missing; hand it in."
            zh "缺少该步骤必需的材料，请补交。"
        }
        DocumentInvalid = "DOCUMENT_INVALID" {
            en "A document is not of this step or not in a form that the profile allows; hand it in as required."
            zh "材料不属于该步骤或形式不符合规则，请按要求提交。"
        }
        ReasonsMissing = "REASONS_MISSING" {
            en "The step must give reasons; attach them."
            zh "该步骤应当说明理由，请附理由。"
        }
        WindowClosed = "WINDOW_CLOSED" {
            en "The time in which this may be done has not begun or is over; see the deadline that the error names."
            zh "尚未到可以办理的期间或期间已过，请查看错误信息所指的期限。"
        }
        TooEarly = "TOO_EARLY" {
            en "A period must end first; wait for the deadline that the error names."
            zh "规定的期间尚未届满，请等待错误信息所指的期限届满。"
        }
        DeadlinePassed = "DEADLINE_PASSED" {
            en "A deadline of the case has come, and what follows from it is recorded first; look at the case again."
            zh "案件的期限已届满，其后果将先行记载，请重新查看案件。"
        }
        ConditionNotMet = "CONDITION_NOT_MET" {
            en "A condition of the step does not hold; see the condition that the error names."
            zh "不符合该步骤的条件，请查看错误信息所列条件。"
        }
        ValuesDiffer = "VALUES_DIFFER" {
            en "Two values that must agree do not; correct the one that is wrong."
            zh "应当一致的两项内容不一致，请更正。"
        }
        SharesNotWhole = "SHARES_NOT_WHOLE" {
            en "The shares do not sum to the whole; correct them."
            zh "各份额之和不等于全部，请更正。"
        }
    }

    "Registers" {
        ObjectRegistered = "OBJECT_REGISTERED" {
            en "This object is registered already; one object has one registration."
            zh "该对象已登记，一个对象只能有一项登记。"
        }
        AccountExists = "ACCOUNT_EXISTS" {
            en "The holder has such an account already; use it."
            zh "该主体已有此类账户，请使用已有账户。"
        }
        AccountMissing = "ACCOUNT_MISSING" {
            en "The party holds no such account in force; register it first."
            zh "该主体没有有效的此类账户，请先办理登记。"
        }
        CertificateExists = "CERTIFICATE_EXISTS" {
            en "A certificate of this kind is in force for the record; it is voided or lapses first."
            zh "该记录已有有效的同类证书，须先作废或失效。"
        }
        CertificateNotValid = "CERTIFICATE_NOT_VALID" {
            en "A certificate is missing, not valid now, not of a recognised profile or not held by the party; present one that is."
            zh "证书不存在、现已无效、不属于认可范围或不由该当事人持有，请出示有效证书。"
        }
        PublicityNotOver = "PUBLICITY_NOT_OVER" {
            en "No certificate is issued before the publicity has run its full time; wait for its end."
            zh "公示期未满不得发证，请等待公示期满。"
        }
        RightMissing = "RIGHT_MISSING" {
            en "The right is not held of the registration, or not by this party; read the registration and act as its holder."
            zh "该登记上没有此项权利，或权利人不是该当事人，请查阅登记并由权利人办理。"
        }
        RightInTheWay = "RIGHT_IN_THE_WAY" {
            en "A right lies on the registration that must not; have its holder consent or release it first."
            zh "该登记上设有不应存在的权利，请先由权利人同意或解除。"
        }
        RecordFlagged = "RECORD_FLAGGED" {
            en "An objection, suspension or other flag stands on the record; have it cleared first."
            zh "该记录有异议、中止或其他标识，请先消除。"
        }
        RecordNotInForce = "RECORD_NOT_IN_FORCE" {
            en "The account or registration has ended or is suspended; nothing more is done with it."
            zh "该账户或登记已终止或被中止，不能继续办理。"
        }
    }

    "A node and its service" {
        QueueFull = "QUEUE_FULL" {
            en "The node's queue is full; try again after the time that it states."
            zh "节点队列已满，请在提示的时间之后重试。"
        }
        DiskFull = "DISK_FULL" {
            en "The node's disk is full and admits nothing; make room, it resumes by itself."
            zh "节点磁盘已满，暂停受理，请腾出空间，节点会自动恢复。"
        }
        NotFound = "NOT_FOUND" {
            en "This node has no such record; check the name, or ask a node that is up to date."
            zh "本节点没有该记录，请核对名称，或向数据最新的节点查询。"
        }
        HistoryNotHeld = "HISTORY_NOT_HELD" {
            en "This node joined from a snapshot and does not hold what was recorded before it; ask a node that holds the ledger from its founding on."
            zh "本节点由快照加入，不保存快照之前的记录，请向保存自创世以来全部记录的节点查询。"
        }
        OutOfRange = "OUT_OF_RANGE" {
            en "The index or size lies beyond the log; ask the status for its present size."
            zh "索引或大小超出日志范围，请先查询当前日志大小。"
        }
        NoQuorum = "NO_QUORUM" {
            en "Too few validators can be reached to decide anything; bring the missing ones back."
            zh "可连接的验证节点不足，无法达成共识，请恢复缺失的验证节点。"
        }
        Syncing = "SYNCING" {
            en "The node is behind the others and catching up; try again later or use another node."
            zh "节点正在追赶进度，请稍后重试或使用其他节点。"
        }
        NodeKeysNotInForce = "NODE_KEYS_NOT_IN_FORCE" {
            en "The node's NOTE or PEER key is not in force on the ledger as far as the node has followed it; have it enrolled, or configure the one that is."
            zh "就本节点已同步的账本而言，其 NOTE 或 PEER 密钥未登记或已失效，请登记该密钥，或改用有效的密钥。"
        }
        NodeMemberExpelled = "NODE_MEMBER_EXPELLED" {
            en "The ledger has expelled the member of this node, which is final: the others let it in no more, and it answers reads as of its height; use another member's node, and take this one out of service."
            zh "本节点所属成员已被除名且不可恢复，其他节点不再接入本节点，其仅按现有高度提供查询；请使用其他成员的节点，并停用本节点。"
        }
        NodeMemberSuspended = "NODE_MEMBER_SUSPENDED" {
            en "The member of this node is suspended and does not validate, so the others do not let its node in; it answers reads as of its height, and follows again when the registration bodies have readmitted the member."
            zh "本节点所属成员已被暂停且并非验证节点，其他节点暂不接入本节点，其仅按现有高度提供查询；登记机构恢复该成员后，本节点自动跟进。"
        }
        NodeNotLetIn = "NODE_NOT_LET_IN" {
            en "Every peer that can be reached hangs up on this node: by their records its member was suspended or expelled, or its PEER key has ended or is not enrolled; ask another member what the ledger says of them (bulla member show), and have that mended."
            zh "可到达的对等节点均拒绝接入本节点：依其账本，本节点所属成员已被暂停或除名，或 PEER 密钥已终止或尚未登记；请向其他成员查询账本上的记录（bulla member show）并据以办理。"
        }
        NodeConsensusKeyEnded = "NODE_CONSENSUS_KEY_ENDED" {
            en "Every CONSENSUS key of this node has ended on the ledger while its member validates by another: the node follows and signs nothing; configure the key that validates, or leave these out if another node has it."
            zh "本节点配置的共识密钥均已终止，而所属成员现以其他密钥担任验证节点：本节点仅跟进而不签名；请配置现行密钥，如该密钥由其他节点使用，请删去本节点的旧密钥配置。"
        }
        NoPeerConnected = "NO_PEER_CONNECTED" {
            en "None of the peers in network.peers can be reached; check their addresses, the network and that they run: this node goes on calling them."
            zh "network.peers 所列节点均无法连接，请核对地址、网络以及各节点是否运行；本节点会继续尝试。"
        }
        NoSnapshotOffered = "NO_SNAPSHOT_OFFERED" {
            en "No peer that this node may believe offers a snapshot to join from; have a peer make one (bulla snapshot create), or join from genesis: this node goes on asking."
            zh "可信任的对等节点均未提供可供加入的快照，请由其中一个节点生成（bulla snapshot create），或改为自创世加入；本节点会继续询问。"
        }
        ProtocolVersionUnknown = "PROTOCOL_VERSION_UNKNOWN" {
            en "The ledger goes by a version of the protocol that this program does not know, from the height that is named; install a newer program; what is recorded before that height stands."
            zh "账本自所示高度起采用本程序不支持的协议版本，请安装更新的程序；此前的记录不受影响。"
        }
        NodeFailed = "NODE_FAILED" {
            en "The node has stopped deciding because its storage failed or a certified block executed to other results; see its log and run bulla fsck."
            zh "节点因存储故障或已认证区块的执行结果不一致而停止，请查看日志并运行 bulla fsck。"
        }
        HeadDiffers = "HEAD_DIFFERS" {
            en "A peer names another block at a height that this node has committed; the peer is asked for its certificate, and what it shows stands in the next alarm."
            zh "对等节点在本节点已提交的高度上报出另一区块，正在向其索取证书，结果见后续告警。"
        }
        HeadUnproved = "HEAD_UNPROVED" {
            en "A peer names another block and has no valid certificate for it, so it lies or is damaged, and this node goes on; have the peer's operator run bulla fsck."
            zh "对等节点报出另一区块却拿不出有效证书，系虚报或数据损坏，请其运维方运行 bulla fsck；本节点继续运行。"
        }
        HeadUnconfirmed = "HEAD_UNCONFIRMED" {
            en "Blocks are committed here, and validators with more than a third of the power have not named them as theirs for too long; connect this node with more validators."
            zh "本节点持续提交区块，但长时间未得到表决权超过三分之一的验证节点印证，请将本节点接入更多验证节点。"
        }
        LedgerDiffers = "LEDGER_DIFFERS" {
            en "The peers that this node reaches are of another ledger, so its genesis is the wrong one or its peers are; compare the ledger id with a source that you trust, put the right genesis or peers in place, and remove the data folder of a wrong genesis."
            zh "本节点所连接的对等节点属于另一账本，创世文件或所列节点有误，请与可信来源核对账本标识，换上正确的创世文件或节点，并删除以错误创世文件建立的数据目录。"
        }
        LedgerForked = "LEDGER_FORKED" {
            en "Two certified blocks stand at one height: the ledger has forked and this node signs nothing more; bulla verify of the fork proof names who signed both, and the members are to settle which history stands."
            zh "同一高度存在两个已认证区块，账本已分叉，本节点不再签名；用 bulla verify 核验分叉证明可知何方双重签名，须由各成员商定以哪一历史为准。"
        }
        ShuttingDown = "SHUTTING_DOWN" {
            en "The node is shutting down; use another node."
            zh "节点正在关闭，请使用其他节点。"
        }
        Unreachable = "UNREACHABLE" {
            en "The node cannot be reached; check its address and that it runs."
            zh "无法连接节点，请检查地址以及节点是否运行。"
        }
        WaitTimedOut = "WAIT_TIMED_OUT" {
            en "No receipt came within the time to wait; the transaction may still be recorded, so ask for its receipt later."
            zh "等待期内未取得回执，交易仍可能被记录，请稍后查询回执。"
        }
        Unauthenticated = "UNAUTHENTICATED" {
            en "This needs a member's credentials; present them."
            zh "此操作需要成员凭证，请出示凭证。"
        }
        AccessDenied = "ACCESS_DENIED" {
            en "These credentials do not allow this; ask with those of a member that may."
            zh "所持凭证无权进行此操作，请使用有权限的成员凭证。"
        }
        Lagging = "LAGGING" {
            en "The reader is too slow for this stream; subscribe again from the last index received."
            zh "读取速度过慢，订阅已中断，请从最后收到的索引重新订阅。"
        }
        Internal = "INTERNAL" {
            en "The software broke one of its own rules; report this with the node's log."
            zh "软件内部错误，请附节点日志报告此问题。"
        }
    }

    "Blocks that validators refuse" {
        BlockInvalid = "BLOCK_INVALID" {
            en "The block's header contradicts its parent, parameters or content; it is voted down."
            zh "区块头与父区块、参数或内容不一致，已被否决。"
        }
        BlockTimeInvalid = "BLOCK_TIME_INVALID" {
            en "The block's time is not after its parent's or too far from this validator's clock; check the clocks."
            zh "区块时间不晚于父区块，或与本节点时钟相差过大，请检查时钟。"
        }
        BlockEntryInvalid = "BLOCK_ENTRY_INVALID" {
            en "The block holds an entry that the rules refuse; it is voted down."
            zh "区块含有规则不允许的条目，已被否决。"
        }
        BlockLogRootMismatch = "BLOCK_LOG_ROOT_MISMATCH" {
            en "The block's log root is not the one that its entries give; it is voted down."
            zh "区块的日志根与其条目计算结果不符，已被否决。"
        }
        BlockStateRootMismatch = "BLOCK_STATE_ROOT_MISMATCH" {
            en "The block's state root is not the one that its execution gives; it is voted down."
            zh "区块的状态根与执行结果不符，已被否决。"
        }
        BlockPartsInvalid = "BLOCK_PARTS_INVALID" {
            en "The parts of a proposal are missing, out of order, too large or not signed by the proposer; it is voted down."
            zh "提案分片缺失、次序错误、过大或未经提案者签名，已被否决。"
        }
    }

    "Offline verification" {
        LeafMismatch = "LEAF_MISMATCH" {
            en "The entry does not belong to the header it stands with; the receipt was altered or put together wrongly."
            zh "条目与所附区块头不相符，回执被改动或拼接有误。"
        }
        InclusionInvalid = "INCLUSION_INVALID" {
            en "The inclusion path does not lead from the entry to the log root; the receipt was altered."
            zh "包含路径无法由条目推导至日志根，回执被改动。"
        }
        LaterInclusionInvalid = "LATER_INCLUSION_INVALID" {
            en "A later inclusion path does not lead to the root of that log size; fetch the receipt anew."
            zh "后续包含路径无法推导至相应大小的日志根，请重新获取回执。"
        }
        ConsistencyInvalid = "CONSISTENCY_INVALID" {
            en "The larger log does not extend the smaller one; one of the two roots is not of this log."
            zh "较大的日志并非由较小的日志延伸而来，其中一个根不属于本日志。"
        }
        HeaderInvalid = "HEADER_INVALID" {
            en "A block header contradicts itself or breaks its format; the file was altered."
            zh "区块头自相矛盾或格式有误，文件被改动。"
        }
        HeaderMismatch = "HEADER_MISMATCH" {
            en "A header's height, time or log size does not fit what it stands with; the file was altered or put together wrongly."
            zh "区块头的高度、时间或日志大小与所附内容不符，文件被改动或拼接有误。"
        }
        CertificateMismatch = "CERTIFICATE_MISMATCH" {
            en "The certificate is for another block than the header it stands with; the file was altered or put together wrongly."
            zh "证书所指区块与所附区块头不符，文件被改动或拼接有误。"
        }
        CertificateNotRising = "CERTIFICATE_NOT_RISING" {
            en "The certificate's signatures are not in order or one validator stands twice; the file was altered."
            zh "证书中的签名次序有误或同一验证者重复出现，文件被改动。"
        }
        CertificateUnknownValidator = "CERTIFICATE_UNKNOWN_VALIDATOR" {
            en "The certificate is signed by someone who was no validator at that height; the file was altered or the history is incomplete."
            zh "证书由该高度的非验证者签名，文件被改动或验证者历史不完整。"
        }
        CertificateSignatureInvalid = "CERTIFICATE_SIGNATURE_INVALID" {
            en "A validator's signature in the certificate does not verify; the file was altered."
            zh "证书中有验证者签名验证不通过，文件被改动。"
        }
        CertificateNoQuorum = "CERTIFICATE_NO_QUORUM" {
            en "The certificate is not signed by more than two thirds of the voting power; it proves nothing."
            zh "证书签名未超过三分之二表决权，不具证明力。"
        }
        CertificateSuperfluousSignature = "CERTIFICATE_SUPERFLUOUS_SIGNATURE" {
            en "The certificate holds more signatures than it needs, so it is not the one form allowed; fetch the receipt anew."
            zh "证书含有多余签名，不是唯一允许的形式，请重新获取回执。"
        }
        ValidatorsMismatch = "VALIDATORS_MISMATCH" {
            en "A validator set is not the one that its header names; the history of validators was altered or is incomplete."
            zh "验证者集合与区块头所载不符，验证者历史被改动或不完整。"
        }
        AnchorInvalid = "ANCHOR_INVALID" {
            en "The trust anchor is not a genesis or checkpoint that can be read; name the right file."
            zh "信任锚不是可读取的创世文件或检查点，请指定正确的文件。"
        }
        AnchorMismatch = "ANCHOR_MISMATCH" {
            en "The proof does not lead to this trust anchor; it is of another ledger or another history."
            zh "证明无法追溯至该信任锚，属于另一账本或另一历史。"
        }
        AnchorTooOld = "ANCHOR_TOO_OLD" {
            en "The checkpoint is older than the entry; use a later checkpoint or the genesis."
            zh "检查点早于该条目，请使用更新的检查点或创世文件。"
        }
        CheckpointInvalid = "CHECKPOINT_INVALID" {
            en "The checkpoint breaks its format or its signature does not verify; fetch it anew from a node you trust."
            zh "检查点格式有误或签名验证不通过，请从可信节点重新获取。"
        }
        BundleMissing = "BUNDLE_MISSING" {
            en "The trust bundle that the receipt names is not in the file; add it or fetch the receipt with its bundle."
            zh "文件中缺少回执所指的信任包，请补充或重新获取含信任包的回执。"
        }
        BundleMismatch = "BUNDLE_MISMATCH" {
            en "The trust bundle is older than the receipt or of another ledger; fetch the receipt anew."
            zh "信任包早于回执或属于另一账本，请重新获取回执。"
        }
        StateProofInvalid = "STATE_PROOF_INVALID" {
            en "A record's proof does not lead to the state root; the file was altered."
            zh "记录的证明无法推导至状态根，文件被改动。"
        }
        RecordMissing = "RECORD_MISSING" {
            en "The bundle lacks a record that is needed to judge a signer; fetch the receipt anew."
            zh "信任包缺少判断签名方所需的记录，请重新获取回执。"
        }
        OriginalMismatch = "ORIGINAL_MISMATCH" {
            en "The document is not the one that was deposited: its digest differs."
            zh "该文件并非存证时的原件，摘要不一致。"
        }
        TicketInvalid = "TICKET_INVALID" {
            en "The admission ticket's signature does not verify under the node's key; it proves nothing."
            zh "受理回执的签名与节点密钥不符，不具证明力。"
        }
    }

    "The command line and files" {
        CommandInvalid = "COMMAND_INVALID" {
            en "The command line cannot be followed; correct what the error names, --help shows what there is."
            zh "命令行有误，请更正错误信息所指之处，可用 --help 查看用法。"
        }
        FileUnreadable = "FILE_UNREADABLE" {
            en "A file or folder cannot be read; check its path, its kind and the right to read it."
            zh "无法读取文件或目录，请检查路径、类型和读取权限。"
        }
        FileUnwritable = "FILE_UNWRITABLE" {
            en "A file, folder or output cannot be written; check its path, the right to write there and the room on its disk."
            zh "无法写入文件、目录或输出，请检查路径、写入权限和磁盘空间。"
        }
        FileExists = "FILE_EXISTS" {
            en "The file exists already and is not overwritten; name another one, or say --force where the command has it."
            zh "文件已存在，未予覆盖；请改用其他文件名，命令有 --force 选项的可用其覆盖。"
        }
        PassphraseRequired = "PASSPHRASE_REQUIRED" {
            en "A passphrase is required; type it at a terminal or give it in BULLA_PASSPHRASE, never an empty one."
            zh "需要口令，请在终端输入或通过 BULLA_PASSPHRASE 提供，口令不得为空。"
        }
    }

    "Starting a node, its data and keys" {
        PortInUse = "PORT_IN_USE" {
            en "The port is in use; stop the other process or configure another port."
            zh "端口已被占用，请停止占用进程或改用其他端口。"
        }
        ConfigInvalid = "CONFIG_INVALID" {
            en "The configuration is not valid; correct the setting that the error names."
            zh "配置无效，请更正错误信息所指的设置。"
        }
        GenesisInvalid = "GENESIS_INVALID" {
            en "The genesis breaks a rule; correct the field that the error names."
            zh "创世文件不符合规则，请更正错误信息所指的字段。"
        }
        GenesisDiffers = "GENESIS_DIFFERS" {
            en "The genesis is not the one that the plan and the founders' declarations give; find out who has other files before any node is started."
            zh "创世文件与方案及各创立声明所得出的不同，请在启动节点之前查明哪一方的文件不同。"
        }
        FoundingPlanInvalid = "FOUNDING_PLAN_INVALID" {
            en "The founding plan is incomplete or breaks a rule; correct what the error names."
            zh "创立方案不完整或不符合规则，请更正错误信息所指之处。"
        }
        DeclarationInvalid = "DECLARATION_INVALID" {
            en "The founders' declarations do not give a ledger by this plan; do what the error says."
            zh "各创立声明不能依本方案创立账本，请按错误信息所说办理。"
        }
        DataMissing = "DATA_MISSING" {
            en "The data folder does not exist or holds no ledger; name the right folder."
            zh "数据目录不存在或不含账本，请指定正确的目录。"
        }
        DataOfOtherLedger = "DATA_OF_OTHER_LEDGER" {
            en "The data folder belongs to another ledger; name the right folder or genesis."
            zh "数据目录属于另一账本，请指定正确的目录或创世文件。"
        }
        DataSchemaNewer = "DATA_SCHEMA_NEWER" {
            en "The data folder was written by a newer release; start that release or a later one."
            zh "数据目录由更新版本的软件写入，请使用该版本或更高版本。"
        }
        DataSchemaOlder = "DATA_SCHEMA_OLDER" {
            en "The data was written by an earlier release, in a form that this one does not read, and nothing was changed; start that release again, or name an empty data folder, in which this node follows the ledger anew from its peers."
            zh "数据由较早版本的软件写入，其格式本版本不再读取，数据未作任何改动；请继续使用该版本，或指定空的数据目录，由本节点自其他节点重新同步账本。"
        }
        DataLocked = "DATA_LOCKED" {
            en "The data folder is open in another process; stop that process first."
            zh "数据目录正被另一进程使用，请先停止该进程。"
        }
        DataCorrupt = "DATA_CORRUPT" {
            en "The data folder is damaged; run bulla fsck and restore the node from its peers."
            zh "数据目录已损坏，请运行 bulla fsck 并从其他节点恢复。"
        }
        DataRolledBack = "DATA_ROLLED_BACK" {
            en "The data folder is an older copy than what this validator has signed; it follows without voting until it has passed that height."
            zh "数据目录旧于本验证节点已签署的高度，节点将只跟随、不投票，直至越过该高度。"
        }
        SnapshotInvalid = "SNAPSHOT_INVALID" {
            en "The snapshot does not lead from the genesis to what it holds; nothing of it is used; take one from another source."
            zh "快照无法由创世文件验证至其内容，未使用其中任何数据，请换用其他来源的快照。"
        }
        SnapshotNotPossible = "SNAPSHOT_NOT_POSSIBLE" {
            en "No snapshot can be made of this folder now; the error says what is missing."
            zh "当前无法为该目录制作快照，缺少的内容见错误信息。"
        }
        BackupRunning = "BACKUP_RUNNING" {
            en "Another backup is being made, and only one is at a time; try again when it is done."
            zh "另一备份正在进行，同一时间只能进行一个，请待其完成后再试。"
        }
        BackupNotPossible = "BACKUP_NOT_POSSIBLE" {
            en "No backup was made, and nothing is left of the attempt; the error says what is in the way."
            zh "未生成备份，亦未留下任何内容，原因见错误信息。"
        }
        BackupInvalid = "BACKUP_INVALID" {
            en "This is not a backup that can be put back: it is missing, cut off, altered or does not hold together, so nothing was put back; take another one."
            zh "该备份不存在、不完整、被改动或内容不自洽，不能用于恢复，未恢复任何数据，请换用其他备份。"
        }
        StorageFailed = "STORAGE_FAILED" {
            en "Reading or writing the disk failed; check the disk and the log, then start again."
            zh "磁盘读写失败，请检查磁盘和日志后重新启动。"
        }
        KeyFilePermissions = "KEY_FILE_PERMISSIONS" {
            en "Others may read the key file; set its permissions to 0600."
            zh "密钥文件可被他人读取，请将权限设为 0600。"
        }
        KeyFileInvalid = "KEY_FILE_INVALID" {
            en "The file is not a key file that can be read; name the right file."
            zh "该文件不是可读取的密钥文件，请指定正确的文件。"
        }
        PassphraseWrong = "PASSPHRASE_WRONG" {
            en "The passphrase does not open the key file; try again."
            zh "口令无法打开密钥文件，请重试。"
        }
        SignerAway = "SIGNER_AWAY" {
            en "The process that holds the validator's consensus key does not answer, or not yet, and the validator abstains; start it and look at its log."
            zh "保管验证节点共识密钥的签名进程没有应答或尚未就绪，验证节点暂不投票，请启动该进程并查看其日志。"
        }
        SignerFailed = "SIGNER_FAILED" {
            en "The process that holds the validator's consensus key cannot use its key or write its record, and the validator abstains; look at its log."
            zh "保管验证节点共识密钥的签名进程无法使用密钥或写入签名记录，验证节点暂不投票，请查看其日志。"
        }
        TokenFailed = "TOKEN_FAILED" {
            en "The PKCS#11 token that holds the consensus key cannot be used; check the library, the token, the key's label and the PIN that the error names."
            zh "保管共识密钥的 PKCS#11 令牌无法使用，请检查错误信息所指的库、令牌、密钥标签与 PIN。"
        }
        PeerNotMember = "PEER_NOT_MEMBER" {
            en "The peer's key is not enrolled on this ledger; the connection is closed."
            zh "对方节点的密钥未在本账本登记，连接已关闭。"
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no reason code of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown reason code {0:?}")]
pub struct UnknownReason(pub String);

impl FromStr for ReasonCode {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        let mut codes = Self::GROUPS.iter().flat_map(|(_, codes)| codes.iter().copied());
        codes.find(|code| code.as_str() == text).ok_or_else(|| UnknownReason(text.to_owned()))
    }
}
