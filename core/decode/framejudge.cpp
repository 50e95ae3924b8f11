#include "core/decode/framejudge.h"

#include "core/decode/decoder.h"
#include "core/decode/eventtime.h"

namespace framescope {

namespace {

/// TypeIds of the matrix' types follow unknownType in the matrix' order.
TypeId typeIdOf(const PayloadMatrix::Private& matrix, const TypeRule& rule)
{
    return TypeId(&rule - matrix.types.data() + 1);
}

bool looksLikeJson(QByteArrayView payload)
{
    for (const char byte : payload) {
        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r')
            return byte == '{';
    }
    return false;
}

QByteArray typeList(const PayloadMatrix::Private& matrix, bool isText)
{
    QByteArray names;
    for (const TypeRule& rule : matrix.types) {
        if (names.size() > evidenceLimit)
            break;
        if (rule.isText == isText)
            names += (names.isEmpty() ? "" : ", ") + rule.name;
    }
    return names;
}

} // namespace

FrameJudge::FrameJudge(const PayloadMatrix::Private& matrix, TypeNameTable& names, const DecoderOptions& options)
    : m_matrix(matrix)
    , m_reader(options.depthLimit)
    , m_quickCheck(options.depthLimit)
    , m_topics(names, options)
    , m_windows(matrix.types.size())
    , m_duplicateWindow(options.duplicateWindow)
{
    for (const TypeRule& rule : matrix.types) {
        m_pointers.push_back(pointersOf(rule));
        m_hasQuickType |= rule.isText && !m_pointers.back().needDocument;
    }
}

FrameJudge::Pointers FrameJudge::pointersOf(const TypeRule& rule) const
{
    const QuickNode* const root = rule.schema ? rule.schema->root()->quick : nullptr;
    const auto made = [root](const CompiledPointer& pointer) {
        const bool hasMember = root && !pointer.steps().empty();
        return Pointer{&pointer, hasMember ? root->propertyNamed(pointer.steps().front().name) : -1};
    };
    Pointers pointers;
    if (rule.id)
        pointers.id = made(*rule.id);
    for (const CompiledPointer& subject : rule.subject)
        pointers.subject.push_back(made(subject));
    if (const auto* sequence = std::get_if<CompiledPointer>(&rule.sequence))
        pointers.sequence = made(*sequence);
    if (rule.time)
        pointers.time = made(*rule.time);
    for (const Pointer& value : {pointers.sequence, pointers.time})
        pointers.needDocument |= value.pointer && (value.rootMember < 0 || value.pointer->steps().size() != 1);
    pointers.needDocument |= rule.checksum.has_value();
    if (root && rule.isText && m_matrix.matchPointers.size() == 1 && rule.matchPointer->steps().size() == 1)
        pointers.namesType = root->requiresText(rule.matchPointer->steps().front().name,
                                                {rule.matchEquals.data(), std::size_t(rule.matchEquals.size())});
    return pointers;
}

void FrameJudge::judge(JudgedFrame& frame)
{
    const bool isText = frame.head.opcode == Opcode::Text;
    const TypeRule* const rule = isText ? nullptr : binaryType(frame.payload);
    if (rule) {
        judgeBinary(frame, *rule);
    } else if (isText || looksLikeJson(frame.payload)) {
        judgeJson(frame);
    } else {
        passUnread(frame.head.connection);
        reportUnknownBinary(frame);
    }
}

const TypeRule* FrameJudge::binaryType(QByteArrayView payload) const
{
    for (const TypeRule& rule : m_matrix.types) {
        if (!rule.isText && rule.matchField.fits(payload) && rule.matchField.of(payload) == rule.matchBytes)
            return &rule;
    }
    return nullptr;
}

void FrameJudge::judgeBinary(JudgedFrame& frame, const TypeRule& rule)
{
    frame.head.type = typeIdOf(m_matrix, rule);
    frame.head.flags |= FrameFlag::Decoded;
    if (rule.media)
        checkMedia(frame, *rule.media);
    if (rule.checksum)
        checkChecksum(frame, *rule.checksum);
    checkSequence(frame, rule);
}

bool FrameJudge::judgeQuickly(JudgedFrame& frame)
{
    if (!m_hasQuickType || m_topics.isActive() || frame.findings.count() > 0 || !m_reader.listTokens(frame.payload))
        return false;
    const QuickDocument document = quickDocument(m_reader, IsParsed::No);
    if (!isOfQuickTypeAgain(document)) {
        const TypeRule* const rule = quickType();
        if (!rule || m_pointers[std::size_t(rule - m_matrix.types.data())].needDocument)
            return false;
        const Schema::Node* const schema = rule->schema ? rule->schema->root().get() : nullptr;
        if (!m_quickCheck.confirms(document, schema))
            return false;
        m_lastQuickType = rule;
    }
    frame.isConfirmed = true;
    frame.head.flags |= FrameFlag::JsonPayload;
    judgeTextType(frame, *m_lastQuickType);
    return true;
}

bool FrameJudge::isOfQuickTypeAgain(const QuickDocument& document)
{
    return m_lastQuickType && m_pointers[std::size_t(m_lastQuickType - m_matrix.types.data())].namesType &&
           m_quickCheck.confirms(document, m_lastQuickType->schema->root().get());
}

/// As textType(), of the locator.
const TypeRule* FrameJudge::quickType() const
{
    const JsonLocator& locator = m_reader.locator();
    for (const std::size_t first : m_matrix.matchPointers) {
        const CompiledPointer& pointer = *m_matrix.types[first].matchPointer;
        const ByteRange value = locator.find(pointer.steps());
        if (value.isNull() || locator.bytes(value).front() != '"')
            continue;
        const QByteArrayView text = locator.bytes(locator.content(value));
        for (const TypeRule& rule : m_matrix.types) {
            if (rule.isText && rule.matchEquals == text && rule.matchPointer->text() == pointer.text())
                return &rule;
        }
    }
    return nullptr;
}

void FrameJudge::judgeJson(JudgedFrame& frame)
{
    if (judgeQuickly(frame))
        return;
    if (!m_reader.readText(frame.payload, frame.findings)) {
        passUnread(frame.head.connection);
        return;
    }
    frame.isParsed = true;
    const TypeMatch type = textType();
    frame.isConfirmed = isConfirmed(frame, type);
    if (!frame.isConfirmed && !m_reader.checkNames(frame.findings)) {
        passUnread(frame.head.connection);
        return;
    }
    frame.head.flags |= FrameFlag::JsonPayload;
    if (m_topics.isActive() && m_topics.judge(frame, m_reader, m_validator))
        return;
    if (type.rule)
        return judgeTextType(frame, *type.rule);
    passUnread(frame.head.connection);
    if (type.name)
        reportUnknownType(frame, *type.place, *type.name);
    else
        reportMissingType(frame);
}

/// The type whose pointer leads to its name.
FrameJudge::TypeMatch FrameJudge::textType() const
{
    TypeMatch match;
    for (const std::size_t first : m_matrix.matchPointers) {
        const CompiledPointer& pointer = *m_matrix.types[first].matchPointer;
        const std::optional<Element> value = valueAt(m_reader.root(), pointer.steps());
        if (!value || !value->is_string())
            continue;
        const std::string_view text = stringOf(*value);
        for (const TypeRule& rule : m_matrix.types) {
            if (rule.isText && rule.matchEquals == QByteArrayView(text.data(), qsizetype(text.size())) &&
                rule.matchPointer->text() == pointer.text())
                return {&rule, {}, nullptr};
        }
        if (!match.name)
            match = {nullptr, text, &pointer};
    }
    return match;
}

/// Whether all that a schema asks holds and no member stands twice. Faults that were found already want the long way.
bool FrameJudge::isConfirmed(const JudgedFrame& frame, const TypeMatch& type)
{
    if (frame.findings.count() > 0)
        return false;
    static const QuickName eventBody("eventBody");
    const QuickDocument document = quickDocument(m_reader, IsParsed::Yes);
    if (const auto topic = m_topics.bodySchema(m_reader.root()))
        return m_quickCheck.confirmsMember(document, eventBody, *topic);
    const Schema::Node* schema = type.rule && type.rule->schema ? type.rule->schema->root().get() : nullptr;
    return m_quickCheck.confirms(document, schema);
}

void FrameJudge::judgeTextType(JudgedFrame& frame, const TypeRule& rule)
{
    frame.head.type = typeIdOf(m_matrix, rule);
    frame.head.flags |= FrameFlag::Decoded;
    if (frame.head.opcode != Opcode::Text && frame.findings.wants(FindingId::TypeOpcode)) {
        frame.findings.add({.id = FindingId::TypeOpcode,
                            .range = {},
                            .pointer = {},
                            .schemaPointer = {},
                            .expected = "text",
                            .actual = "binary"});
    }
    const JsonLocator& locator = m_reader.locator();
    const Pointers& pointers = m_pointers[frame.head.type - 1U];
    if (rule.id)
        frame.head.id = locator.content(find(frame, pointers.id));
    for (const Pointer& subject : pointers.subject) {
        frame.head.subject = locator.content(find(frame, subject));
        if (!frame.head.subject.isNull())
            break;
    }
    if (rule.schema && !frame.isConfirmed)
        m_validator.run(*rule.schema->root(), m_reader, frame.findings);
    if (rule.checksum)
        checkChecksum(frame, *rule.checksum);
    if (rule.time)
        checkTime(frame, pointers.time);
    if (!isDuplicate(frame, rule))
        checkSequence(frame, rule);
}

ByteRange FrameJudge::find(const JudgedFrame& frame, const Pointer& pointer) const
{
    const std::span<const PathStep> steps = pointer.pointer->steps();
    const auto met = placeMet(frame, pointer);
    if (!met)
        return m_reader.locator().find(steps);
    return *met == 0 ? ByteRange{} : m_reader.locator().findFrom(*met, steps.subspan(1));
}

void FrameJudge::reportUnknownBinary(JudgedFrame& frame) const
{
    if (!frame.findings.wants(FindingId::TypeUnknown))
        return;
    constexpr qsizetype shown = 16;
    const QByteArrayView start = frame.payload.first(std::min(shown, frame.payload.size()));
    frame.findings.add(
        {.id = FindingId::TypeUnknown,
         .range = {0, quint32(start.size())},
         .pointer = {},
         .schemaPointer = {},
         .expected = typeList(m_matrix, false),
         .actual = start.isEmpty() ? QByteArray("no bytes") : "bytes " + start.toByteArray().toHex(' ')});
}

void FrameJudge::reportMissingType(JudgedFrame& frame) const
{
    if (!frame.findings.wants(FindingId::TypeMissing))
        return;
    QByteArray expected =
        m_topics.isActive() ? "a text at /topicName or /result" : "a text at a pointer that the matrix names";
    QByteArray actual;
    QByteArray pointer;
    ByteRange range;
    if (!m_topics.isActive() && !m_matrix.matchPointers.empty()) {
        const CompiledPointer& first = *m_matrix.types[m_matrix.matchPointers.front()].matchPointer;
        expected = "a text at " + first.text();
        range = m_reader.locator().find(first.steps());
        if (!range.isNull()) {
            actual = cutEvidence(m_reader.locator().bytes(range));
            pointer = first.text();
        }
    }
    frame.findings.add({.id = FindingId::TypeMissing,
                        .range = range,
                        .pointer = pointer,
                        .schemaPointer = {},
                        .expected = expected,
                        .actual = actual.isEmpty() ? QByteArray("nothing there") : actual});
}

void FrameJudge::reportUnknownType(JudgedFrame& frame, const CompiledPointer& pointer, std::string_view name) const
{
    const QByteArrayView view(name.data(), qsizetype(name.size()));
    frame.wireType = view;
    if (!frame.findings.wants(FindingId::TypeUnknown))
        return;
    frame.findings.add({.id = FindingId::TypeUnknown,
                        .range = m_reader.locator().find(pointer.steps()),
                        .pointer = pointer.text(),
                        .schemaPointer = {},
                        .expected = typeList(m_matrix, true),
                        .actual = cutEvidence(view)});
}

qint64 FrameJudge::timeStated(const JudgedFrame& frame, const Pointer& place) const
{
    const std::span<const PathStep> steps = place.pointer->steps();
    if (const auto met = placeMet(frame, place); met && steps.size() == 1) {
        if (*met == 0)
            return 0;
        if (const std::optional<std::string_view> text = m_quickCheck.textAt(*met))
            return wallNsFromIso(*text);
        if (const std::optional<quint64> number = m_quickCheck.numberAt(*met))
            return wallNsFromEpochMs(*number);
        if (!frame.isParsed)
            return 0;
    }
    const std::optional<Element> stated = valueAt(m_reader.root(), steps);
    return stated ? wallNsOf(*stated) : 0;
}

/// A time that cannot be read is the schema's to judge.
void FrameJudge::checkTime(JudgedFrame& frame, const Pointer& place) const
{
    frame.head.eventWallNs = timeStated(frame, place);
    const qint64 aheadNs = frame.head.eventWallNs - frame.head.wallNs;
    if (frame.head.eventWallNs == 0 || aheadNs <= aheadToleranceNs || !frame.findings.wants(FindingId::TimeAhead))
        return;
    frame.findings.add({.id = FindingId::TimeAhead,
                        .range = find(frame, place),
                        .pointer = place.pointer->text(),
                        .schemaPointer = {},
                        .expected = aheadExpected(),
                        .actual = aheadActual(aheadNs)});
}

bool FrameJudge::isDuplicate(JudgedFrame& frame, const TypeRule& rule)
{
    if (frame.head.id.isNull() || frame.head.direction == Direction::Out)
        return false;
    std::unique_ptr<DuplicateWindow>& window = m_windows[frame.head.type - 1U];
    if (!window)
        window = std::make_unique<DuplicateWindow>(m_duplicateWindow);
    const QByteArrayView id = m_reader.locator().bytes(frame.head.id);
    if (!window->seenBefore(id))
        return false;
    if (frame.findings.wants(FindingId::DuplicateId)) {
        frame.findings.add({.id = FindingId::DuplicateId,
                            .range = frame.head.id,
                            .pointer = rule.id->text(),
                            .schemaPointer = {},
                            .expected = "an id that was not seen before",
                            .actual = cutEvidence(id)});
    }
    return true;
}

std::optional<quint64> FrameJudge::sequenceNumber(const JudgedFrame& frame, const TypeRule& rule,
                                                  ByteRange& range) const
{
    if (const auto* field = std::get_if<FieldAt>(&rule.sequence)) {
        if (!field->fits(frame.payload))
            return std::nullopt;
        range = {quint32(field->offset), quint32(field->length)};
        return field->number(frame.payload);
    }
    const Pointer& pointer = m_pointers[frame.head.type - 1U].sequence;
    const std::span<const PathStep> steps = pointer.pointer->steps();
    if (const auto met = placeMet(frame, pointer); met && steps.size() == 1)
        return *met == 0 ? std::nullopt : m_quickCheck.numberAt(*met);
    const std::optional<Element> value = valueAt(m_reader.root(), steps);
    if (!value)
        return std::nullopt;
    const auto number = value->get_uint64();
    return number.error() == simdjson::SUCCESS ? std::optional<quint64>(number.value_unsafe()) : std::nullopt;
}

void FrameJudge::checkSequence(JudgedFrame& frame, const TypeRule& rule)
{
    if (std::holds_alternative<std::monostate>(rule.sequence) || frame.head.direction == Direction::Out)
        return;
    ByteRange range;
    const std::optional<quint64> number = sequenceNumber(frame, rule, range);
    if (!number) {
        passUnread(frame.head.connection);
        return;
    }
    const auto* field = std::get_if<FieldAt>(&rule.sequence);
    const quint64 mask = field && field->length < 8 ? (quint64(1) << (field->length * 8)) - 1 : ~quint64(0);
    const SequenceResult result = m_sequences.follow(frame.head.connection, frame.head.type, *number, mask);
    if (result.kind == SequenceResult::Kind::InOrder)
        return;
    const bool isGap = result.kind == SequenceResult::Kind::Gap;
    const FindingId id = isGap ? FindingId::SequenceGap : FindingId::SequenceRepeat;
    if (!frame.findings.wants(id))
        return;
    QByteArray pointer;
    if (const auto* member = std::get_if<CompiledPointer>(&rule.sequence)) {
        pointer = member->text();
        range = m_reader.locator().find(member->steps());
    }
    QByteArray actual = QByteArray::number(*number);
    if (isGap)
        actual += ", " + QByteArray::number(result.missing) + " missing";
    frame.findings.add({.id = id,
                        .range = range,
                        .pointer = pointer,
                        .schemaPointer = {},
                        .expected = QByteArray::number(result.expected),
                        .actual = actual});
}

} // namespace framescope
