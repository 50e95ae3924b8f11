#include "core/decode/schema.h"

#include "core/decode/jsonreader.h"
#include "core/decode/jsonsyntax.h"
#include "core/decode/quickcheck.h"
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

namespace framescope {

namespace {
constexpr qsizetype schemaSizeLimit = qsizetype(16) * 1024 * 1024;
constexpr int schemaDepthLimit = 256; ///< of the schema document itself; subschemas have a lower limit of their own
constexpr int documentDepthLimit = 128;
} // namespace

Expected<Schema> Schema::compile(const QByteArray& json, const QString& place, Formats formats)
{
    if (json.size() > schemaSizeLimit)
        return failure(ErrorCode::Unsupported, QStringLiteral("the schema is larger than 16 MiB"), place);
    const auto compiled = std::make_shared<CompiledSchema>();
    compiled->text = json;
    compiled->text.append(qsizetype(simdjson::SIMDJSON_PADDING), ' ');
    std::vector<Finding> faults;
    FindingCollector collector(faults, 0);
    JsonReader reader(schemaDepthLimit);
    if (!reader.read(QByteArrayView(compiled->text).first(json.size()), collector) || !faults.empty()) {
        const Finding& fault = faults.front();
        const QString at = QString::number(fault.range.offset);
        return failure(ErrorCode::Parse,
                       QStringLiteral("the schema is not %1: expected %2, found %3")
                           .arg(fault.severity == Severity::Error ? QStringLiteral("JSON") : QStringLiteral("clear"),
                                QString::fromUtf8(fault.expected), QString::fromUtf8(fault.actual)),
                       place.isEmpty() ? at : place + QLatin1Char(':') + at);
    }
    // The text is good; parsed once more into a parser that stays, since the nodes' literals live in it.
    const auto document = compiled->parser.parse(compiled->text.constData(), std::size_t(json.size()), false);
    if (document.error() != simdjson::SUCCESS)
        return failure(ErrorCode::Parse, QStringLiteral("the schema is not JSON"), place);
    const Expected<const Node*> root =
        SchemaCompiler(*compiled, place, {SchemaStyle::Strict, formats == Formats::Checked})
            .compile(document.value_unsafe());
    if (!root)
        return tl::unexpected<Error>(root.error());
    Schema schema;
    schema.m_root = std::shared_ptr<const Node>(compiled, *root);
    return schema;
}

void Schema::validate(QByteArrayView document, std::vector<Finding>& findings) const
{
    QByteArray padded(document.data(), document.size());
    padded.append(qsizetype(JsonReader::padding), ' ');
    FindingCollector collector(findings, 0);
    JsonReader reader(documentDepthLimit);
    if (reader.read(QByteArrayView(padded).first(document.size()), collector) && m_root)
        SchemaValidator().run(*m_root, reader, collector);
    collector.finish();
}

bool Schema::confirms(QByteArrayView document) const
{
    QByteArray padded(document.data(), document.size());
    padded.append(qsizetype(JsonReader::padding), ' ');
    std::vector<Finding> findings;
    FindingCollector collector(findings, 0);
    JsonReader reader(documentDepthLimit);
    QuickCheck check(documentDepthLimit);
    const QByteArrayView text = QByteArrayView(padded).first(document.size());
    if (reader.listTokens(text) && check.confirms(quickDocument(reader, IsParsed::No), m_root.get()))
        return true;
    return reader.readText(text, collector) && findings.empty() &&
           check.confirms(quickDocument(reader, IsParsed::Yes), m_root.get());
}

} // namespace framescope
