#include "core/decode/matrixreader.h"

#include <QDir>
#include <QFile>
#include <algorithm>

namespace framescope {

namespace {

constexpr qsizetype schemaFileLimit = qsizetype(4) * 1024 * 1024;
constexpr qsizetype offsetLimit = qsizetype(1024) * 1024; ///< a header of more than 1 MiB is a mistake
constexpr qsizetype typeLimit = 256;
constexpr qsizetype typeNameLimit = 128;
constexpr qsizetype digestListLimit = 100'000;
constexpr qsizetype subjectLimit = 16;

QString quoted(std::string_view text)
{
    return QLatin1Char('"') + QString::fromUtf8(text.data(), qsizetype(text.size())) + QLatin1Char('"');
}

Sha256Digest digestOf(const QByteArray& bytes)
{
    Sha256Digest digest{};
    std::copy_n(bytes.begin(), std::min<qsizetype>(bytes.size(), qsizetype(digest.size())), digest.begin());
    return digest;
}

bool isWithin(const QByteArray& inner, const QByteArray& outer)
{
    return inner == outer || inner.startsWith(outer + '/');
}

} // namespace

Expected<std::vector<TypeRule>> MatrixReader::read(Element document)
{
    std::vector<TypeRule> types;
    const Place root{document, {}};
    if (isObject(root, {"version", "types", "description"})) {
        if (const auto version = requiredMember(root, "version"))
            number(*version, 1, 1);
        const auto list = requiredMember(root, "types");
        if (list && !list->value.is_array())
            fail(QStringLiteral("must be a list"), list->pointer);
        if (list && !m_error) {
            const auto array = arrayOf(list->value);
            if (array.size() == 0 || array.size() > std::size_t(typeLimit))
                fail(QStringLiteral("must hold 1 to %1 types").arg(typeLimit), list->pointer);
            for (const Element each : array) {
                if (m_error)
                    break;
                types.push_back(type({each, list->pointer + '/' + QByteArray::number(qulonglong(types.size()))}));
            }
        }
    }
    if (!m_error)
        refuseRepeated(types);
    if (m_error)
        return tl::unexpected<Error>(*m_error);
    return types;
}

void MatrixReader::fail(const QString& reason, const QByteArray& pointer)
{
    if (!m_error)
        m_error = Error{ErrorCode::Parse, reason, QString::fromUtf8(pointer)};
}

bool MatrixReader::isObject(const Place& place, Names allowed)
{
    if (!place.value.is_object()) {
        fail(QStringLiteral("must be an object"), place.pointer);
        return false;
    }
    for (const auto field : objectOf(place.value)) {
        const QByteArray at = withStep(place.pointer, field.key);
        if (std::find(allowed.begin(), allowed.end(), field.key) == allowed.end())
            fail(QStringLiteral("unknown member %1").arg(quoted(field.key)), at);
        if (m_error)
            return false;
    }
    return true;
}

std::optional<MatrixReader::Place> MatrixReader::member(const Place& object, std::string_view name)
{
    const auto found = objectOf(object.value).at_key(name);
    if (found.error() != simdjson::SUCCESS)
        return std::nullopt;
    return Place{found.value_unsafe(), withStep(object.pointer, name)};
}

std::optional<MatrixReader::Place> MatrixReader::requiredMember(const Place& object, std::string_view name)
{
    std::optional<Place> found = member(object, name);
    if (!found)
        fail(QStringLiteral("member %1 is missing").arg(quoted(name)), object.pointer);
    return found;
}

QByteArray MatrixReader::text(const Place& place)
{
    if (!place.value.is_string() || stringOf(place.value).empty()) {
        fail(QStringLiteral("must be a text that is not empty"), place.pointer);
        return {};
    }
    const std::string_view view = stringOf(place.value);
    return QByteArray(view.data(), qsizetype(view.size()));
}

qsizetype MatrixReader::number(const Place& place, qsizetype least, qsizetype most)
{
    const auto value = place.value.get_int64();
    if (value.error() != simdjson::SUCCESS || value.value_unsafe() < least || value.value_unsafe() > most) {
        const QString range = least == most ? QString::number(least)
                                            : QStringLiteral("a whole number from %1 to %2").arg(least).arg(most);
        fail(QStringLiteral("must be %1").arg(range), place.pointer);
        return least;
    }
    return qsizetype(value.value_unsafe());
}

QByteArray MatrixReader::hex(const Place& place, qsizetype leastBytes, qsizetype mostBytes)
{
    const QByteArray digits = text(place).toLower();
    const bool isHex = std::all_of(digits.begin(), digits.end(),
                                   [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!isHex || digits.size() % 2 != 0 || digits.size() < leastBytes * 2 || digits.size() > mostBytes * 2) {
        const QString size = leastBytes == mostBytes ? QString::number(leastBytes)
                                                     : QStringLiteral("%1 to %2").arg(leastBytes).arg(mostBytes);
        fail(QStringLiteral("must be %1 bytes as hexadecimal digits").arg(size), place.pointer);
        return {};
    }
    return QByteArray::fromHex(digits);
}

std::optional<CompiledPointer> MatrixReader::pointer(const Place& place)
{
    Expected<CompiledPointer> compiled = CompiledPointer::fromText(text(place));
    if (!compiled) {
        fail(compiled.error().detail, place.pointer);
        return std::nullopt;
    }
    return std::move(*compiled);
}

/// {"pointer": "/id"}
std::optional<CompiledPointer> MatrixReader::pointerObject(const Place& place)
{
    if (!isObject(place, {"pointer"}))
        return std::nullopt;
    const auto inner = requiredMember(place, "pointer");
    return inner ? pointer(*inner) : std::nullopt;
}

/// {"offset": 8, "bytes": 4}; without a length name, a single byte.
FieldAt MatrixReader::field(const Place& place, std::string_view lengthName, std::initializer_list<qsizetype> lengths)
{
    FieldAt result;
    if (const auto offset = requiredMember(place, "offset"))
        result.offset = number(*offset, 0, offsetLimit);
    if (lengthName.empty() || m_error)
        return result;
    if (const auto length = requiredMember(place, lengthName)) {
        result.length = number(*length, 1, offsetLimit);
        if (std::find(lengths.begin(), lengths.end(), result.length) == lengths.end()) {
            QStringList words;
            for (const qsizetype each : lengths)
                words << QString::number(each);
            fail(QStringLiteral("must be one of %1").arg(words.join(QStringLiteral(", "))), length->pointer);
        }
    }
    return result;
}

std::array<bool, 256> MatrixReader::byteSet(const Place& place)
{
    std::array<bool, 256> set{};
    if (!place.value.is_array() || arrayOf(place.value).size() == 0) {
        fail(QStringLiteral("must be a list of at least one number"), place.pointer);
        return set;
    }
    int index = 0;
    for (const Element each : arrayOf(place.value))
        set[std::size_t(number({each, place.pointer + '/' + QByteArray::number(index++)}, 0, 255))] = true;
    return set;
}

TypeRule MatrixReader::type(const Place& place)
{
    TypeRule rule;
    if (!isObject(place, {"name", "kind", "match", "schema", "formats", "id", "sequence", "subject", "time", "checksum",
                          "media", "description"}))
        return rule;
    const auto name = requiredMember(place, "name");
    const auto kind = requiredMember(place, "kind");
    const auto match = requiredMember(place, "match");
    if (m_error)
        return rule;
    rule.name = text(*name);
    if (rule.name.size() > typeNameLimit)
        fail(QStringLiteral("must be at most %1 bytes long").arg(typeNameLimit), name->pointer);
    const QByteArray word = text(*kind);
    if (word != "text" && word != "binary")
        fail(QStringLiteral("must be \"text\" or \"binary\""), kind->pointer);
    rule.isText = word == "text";
    readMatch(rule, *match);
    if (rule.isText)
        readTextParts(rule, place);
    else
        readBinaryParts(rule, place);
    if (const auto checksum = member(place, "checksum"); checksum && !m_error)
        readChecksum(rule, *checksum);
    return rule;
}

void MatrixReader::readMatch(TypeRule& rule, const Place& place)
{
    if (rule.isText) {
        if (!isObject(place, {"pointer", "equals"}))
            return;
        if (const auto where = requiredMember(place, "pointer"))
            rule.matchPointer = pointer(*where);
        if (const auto equals = requiredMember(place, "equals"))
            rule.matchEquals = text(*equals);
        return;
    }
    if (!isObject(place, {"offset", "hex"}))
        return;
    rule.matchField = field(place, {}, {});
    if (const auto bytes = requiredMember(place, "hex"))
        rule.matchBytes = hex(*bytes, 1, 64);
    rule.matchField.length = rule.matchBytes.size();
}

void MatrixReader::readTextParts(TypeRule& rule, const Place& place)
{
    if (const auto media = member(place, "media"))
        fail(QStringLiteral("belongs to binary types only"), media->pointer);
    if (const auto schema = member(place, "schema"); schema && !m_error)
        readSchema(rule, *schema, readFormats(place));
    else if (const auto formats = member(place, "formats"))
        fail(QStringLiteral("belongs to a type with a schema"), formats->pointer);
    if (const auto id = member(place, "id"); id && !m_error)
        rule.id = pointerObject(*id);
    if (const auto sequence = member(place, "sequence"); sequence && !m_error) {
        if (auto compiled = pointerObject(*sequence))
            rule.sequence = std::move(*compiled);
    }
    if (const auto time = member(place, "time"); time && !m_error)
        rule.time = pointerObject(*time);
    const auto subject = member(place, "subject");
    if (!subject || m_error)
        return;
    if (!subject->value.is_array() || arrayOf(subject->value).size() > std::size_t(subjectLimit)) {
        fail(QStringLiteral("must be a list of at most %1 JSON Pointers").arg(subjectLimit), subject->pointer);
        return;
    }
    int index = 0;
    for (const Element each : arrayOf(subject->value)) {
        if (auto compiled = pointer({each, subject->pointer + '/' + QByteArray::number(index++)}))
            rule.subject.push_back(std::move(*compiled));
    }
}

void MatrixReader::readBinaryParts(TypeRule& rule, const Place& place)
{
    for (const std::string_view textOnly : {"schema", "formats", "id", "subject", "time"}) {
        if (const auto found = member(place, textOnly))
            fail(QStringLiteral("belongs to text types only"), found->pointer);
    }
    const auto sequence = member(place, "sequence");
    if (sequence && isObject(*sequence, {"offset", "bytes"}))
        rule.sequence = field(*sequence, "bytes", {1, 2, 4, 8});
    const auto media = member(place, "media");
    if (media && !m_error)
        readMedia(rule, *media);
}

Schema::Formats MatrixReader::readFormats(const Place& place)
{
    const auto formats = member(place, "formats");
    const QByteArray word = formats ? text(*formats) : QByteArray("described");
    if (word != "described" && word != "checked")
        fail(QStringLiteral("must be \"described\" or \"checked\""), formats->pointer);
    return word == "checked" ? Schema::Formats::Checked : Schema::Formats::Described;
}

void MatrixReader::readSchema(TypeRule& rule, const Place& place, Schema::Formats formats)
{
    QByteArray json;
    QString name =
        QString::fromUtf8(place.pointer); // errors of an inline schema: the matrix' own place, then the schema's
    if (place.value.is_string()) {
        name = QString::fromUtf8(text(place));
        const QString clean = QDir::cleanPath(name);
        if (m_schemaFolder.isEmpty() || name.isEmpty() || QDir::isAbsolutePath(clean) ||
            clean.startsWith(QLatin1String(".."))) {
            fail(QStringLiteral("a schema file stands beside the matrix or in a folder below"), place.pointer);
            return;
        }
        QFile file(m_schemaFolder + QLatin1Char('/') + clean);
        if (!file.open(QIODevice::ReadOnly)) {
            fail(QStringLiteral("the schema file cannot be read: %1").arg(file.errorString()), place.pointer);
            return;
        }
        json = file.read(schemaFileLimit + 1);
        if (json.size() > schemaFileLimit) {
            fail(QStringLiteral("the schema file is larger than 4 MiB"), place.pointer);
            return;
        }
    } else if (place.value.is_object()) {
        const std::string minified = simdjson::minify(place.value);
        json = QByteArray(minified.data(), qsizetype(minified.size()));
    } else {
        fail(QStringLiteral("must be a file name or a schema"), place.pointer);
        return;
    }
    Expected<Schema> schema = Schema::compile(json, name, formats);
    if (schema)
        rule.schema = std::move(*schema);
    else if (!m_error)
        m_error = schema.error();
}

void MatrixReader::readChecksum(TypeRule& rule, const Place& place)
{
    if (!isObject(place, {"algorithm", "expected", "covers"}))
        return;
    const auto algorithm = requiredMember(place, "algorithm");
    const auto expected = requiredMember(place, "expected");
    const auto covers = requiredMember(place, "covers");
    if (m_error)
        return;
    if (text(*algorithm) != "sha256")
        fail(QStringLiteral("must be \"sha256\""), algorithm->pointer);
    ChecksumRule checksum;
    readExpected(rule, checksum, *expected);
    readCovers(rule, checksum, *covers);
    if (m_error)
        return;
    refuseSelfReference(checksum, place.pointer);
    rule.checksum = std::move(checksum);
}

void MatrixReader::readExpected(const TypeRule& rule, ChecksumRule& checksum, const Place& place)
{
    const bool isList = place.value.is_object() && member(place, "list");
    if (!isList && rule.isText) {
        if (auto compiled = pointerObject(place))
            checksum.expected = std::move(*compiled);
        return;
    }
    if (!isList) {
        if (isObject(place, {"offset", "length"}))
            checksum.expected = field(place, "length", {32, 64});
        return;
    }
    if (!isObject(place, {"list"}))
        return;
    const Place list = *member(place, "list");
    if (!list.value.is_array() || arrayOf(list.value).size() == 0 ||
        arrayOf(list.value).size() > std::size_t(digestListLimit)) {
        fail(QStringLiteral("must be a list of 1 to %1 digests").arg(digestListLimit), list.pointer);
        return;
    }
    DigestList digests;
    for (const Element each : arrayOf(list.value)) {
        const QByteArray at = list.pointer + '/' + QByteArray::number(qulonglong(digests.size()));
        digests.push_back(
            digestOf(hex({each, at}, qsizetype(Sha256Digest().size()), qsizetype(Sha256Digest().size()))));
    }
    std::sort(digests.begin(), digests.end());
    checksum.expected = std::move(digests);
}

void MatrixReader::readCovers(const TypeRule& rule, ChecksumRule& checksum, const Place& place)
{
    if (place.value.is_string()) {
        if (text(place) != "payload")
            fail(QStringLiteral("must be \"payload\" or an object"), place.pointer);
        checksum.covers = qsizetype(0);
    } else if (rule.isText) {
        if (auto compiled = pointerObject(place))
            checksum.covers = std::move(*compiled);
    } else if (isObject(place, {"from"})) {
        if (const auto from = requiredMember(place, "from"))
            checksum.covers = number(*from, 0, offsetLimit);
    }
}

/// No message can hold the digest of bytes that hold that digest.
void MatrixReader::refuseSelfReference(const ChecksumRule& checksum, const QByteArray& pointer)
{
    const auto* from = std::get_if<qsizetype>(&checksum.covers);
    const auto* coveredValue = std::get_if<CompiledPointer>(&checksum.covers);
    bool isInside = false;
    if (const auto* member = std::get_if<CompiledPointer>(&checksum.expected))
        isInside =
            from || isWithin(member->text(), coveredValue->text()) || isWithin(coveredValue->text(), member->text());
    else if (const auto* field = std::get_if<FieldAt>(&checksum.expected))
        isInside = from && field->offset + field->length > *from;
    if (isInside)
        fail(QStringLiteral("the checksum covers the place where it stands, which no sender can fulfil"),
             pointer + "/covers");
}

void MatrixReader::readMedia(TypeRule& rule, const Place& place)
{
    if (!isObject(place, {"header", "codec", "channels", "version"}))
        return;
    MediaRule media;
    const auto header = requiredMember(place, "header");
    const auto codec = requiredMember(place, "codec");
    const auto channels = requiredMember(place, "channels");
    if (m_error || !isObject(*codec, {"offset", "samples"}) || !isObject(*channels, {"offset", "allowed"}))
        return;
    media.headerBytes = number(*header, 1, offsetLimit);
    media.codec = field(*codec, {}, {});
    media.channels = field(*channels, {}, {});
    const auto samples = requiredMember(*codec, "samples");
    if (samples && !samples->value.is_object())
        fail(QStringLiteral("must be an object: codec number to bytes per sample"), samples->pointer);
    if (samples && !m_error) {
        for (const auto each : objectOf(samples->value)) {
            const QByteArray at = withStep(samples->pointer, each.key);
            bool isNumber = false;
            const int number8 = QByteArrayView(each.key.data(), qsizetype(each.key.size())).toInt(&isNumber);
            if (!isNumber || number8 < 0 || number8 > 255)
                fail(QStringLiteral("a codec number is 0 to 255"), at);
            else
                media.bytesPerSample[std::size_t(number8)] = quint8(number({each.value, at}, 1, 64));
        }
    }
    media.channelsAllowed[1] = media.channelsAllowed[2] = true;
    if (const auto allowed = member(*channels, "allowed"))
        media.channelsAllowed = byteSet(*allowed);
    const auto version = member(place, "version");
    if (version && isObject(*version, {"offset", "allowed"})) {
        media.version = field(*version, {}, {});
        if (const auto allowed = requiredMember(*version, "allowed"))
            media.versionsAllowed = byteSet(*allowed);
    }
    const qsizetype last =
        std::max({media.codec.offset, media.channels.offset, media.version ? media.version->offset : 0});
    if (last >= media.headerBytes)
        fail(QStringLiteral("its fields must lie inside the header"), place.pointer);
    rule.media = media;
}

void MatrixReader::refuseRepeated(const std::vector<TypeRule>& types)
{
    for (std::size_t later = 1; later < types.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const TypeRule& a = types[earlier];
            const TypeRule& b = types[later];
            const QByteArray place = "/types/" + QByteArray::number(qulonglong(later));
            if (a.name == b.name)
                fail(QStringLiteral("the name \"%1\" is used by an earlier type").arg(QString::fromUtf8(b.name)),
                     place + "/name");
            else if (a.isText && b.isText && a.matchPointer->text() == b.matchPointer->text() &&
                     a.matchEquals == b.matchEquals)
                fail(QStringLiteral("an earlier type already matches this"), place + "/match");
        }
    }
}

} // namespace framescope
