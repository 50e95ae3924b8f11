#include "core/decode/schemareferences.h"

#include "core/decode/asciitext.h"

namespace framescope {

namespace {

using simdjson::dom::element;

/// The base of a document that does not say its own; relative ones are resolved against it.
const QString ownBase = QStringLiteral("schema:///");

/// Empty for what is there, but is no text.
std::optional<std::string_view> textMember(element schema, std::string_view name)
{
    const auto value = objectOf(schema).at_key(name);
    if (value.error() != simdjson::SUCCESS || !value.value_unsafe().is_string())
        return std::nullopt;
    return stringOf(value.value_unsafe());
}

QByteArray keyOf(const QUrl& url)
{
    return url.toEncoded(QUrl::RemoveFragment);
}

QString nothing(const QByteArray& reference)
{
    return QStringLiteral("\"$ref\" points to nothing: %1").arg(QString::fromUtf8(reference));
}

} // namespace

Expected<void> SchemaReferences::gather(element document, const Options& options)
{
    m_options = options;
    m_document = document;
    m_root = {QUrl(ownBase), {}, document};
    Expected<void> result;
    forEachSubschema(document, [&](element schema, const QByteArray& pointer) {
        if (result)
            result = gatherOne(schema, pointer);
    });
    return result;
}

Expected<void> SchemaReferences::gatherOne(element schema, const QByteArray& pointer)
{
    const bool isLater = m_options.dialect >= SchemaDialect::Draft201909;
    // Until draft-07, "$ref" makes a reference of the whole object: nothing beside it counts.
    if (!isLater && m_options.style == SchemaStyle::Strict && textMember(schema, "$ref"))
        return {};
    const char* keyword = m_options.dialect == SchemaDialect::Draft4 ? "id" : "$id";
    std::optional<std::string_view> id = textMember(schema, keyword);
    // Schemas that do not say their draft are mostly of one whose identifier was "id".
    if (!id && !m_options.isStated) {
        keyword = "id";
        id = textMember(schema, keyword);
        if (id && id->find(':') == std::string_view::npos && m_options.style == SchemaStyle::Strict)
            id.reset();
    }
    if (id) {
        if (Expected<void> added = addIdentifier(*id, schema, pointer, withStep(pointer, keyword)); !added)
            return added;
    }
    for (const char* anchor : {"$anchor", "$dynamicAnchor"}) {
        const std::optional<std::string_view> name = isLater ? textMember(schema, anchor) : std::nullopt;
        if (!name)
            continue;
        if (Expected<void> added = addAnchor(bytesOf(*name), schema, pointer, withStep(pointer, anchor)); !added)
            return added;
    }
    return {};
}

Expected<void> SchemaReferences::addIdentifier(std::string_view id, element schema, const QByteArray& pointer,
                                               const QByteArray& at)
{
    const bool isStrict = m_options.style == SchemaStyle::Strict;
    const QByteArray text = bytesOf(id);
    const qsizetype hash = text.indexOf('#');
    const QByteArray fragment = hash < 0 ? QByteArray() : text.mid(hash + 1);
    if (!fragment.isEmpty()) {
        if (isStrict && m_options.dialect >= SchemaDialect::Draft201909)
            return failure(ErrorCode::Parse, QStringLiteral("an identifier has no fragment; \"$anchor\" has"),
                           QString::fromUtf8(at));
        if (!fragment.startsWith('/'))
            return addAnchor(fragment, schema, pointer, at);
    }
    const QUrl url(QString::fromUtf8(hash < 0 ? text : text.left(hash)), QUrl::StrictMode);
    if (url.isEmpty())
        return {};
    if (!url.isValid()) {
        if (!isStrict)
            return {};
        return failure(ErrorCode::Parse, QStringLiteral("the identifier of a schema is a URI"), QString::fromUtf8(at));
    }
    Resource resource{resourceOf(pointer).base.resolved(url), pointer, schema};
    const QByteArray key = keyOf(resource.base);
    if (m_pointerByUri.contains(key)) {
        if (!isStrict) // the first one counts
            return {};
        return failure(ErrorCode::Parse, QStringLiteral("two schemas have the same identifier"), QString::fromUtf8(at));
    }
    m_pointerByUri.insert(key, pointer);
    if (pointer.isEmpty())
        m_root = resource;
    m_resources.insert(pointer, resource);
    return {};
}

Expected<void> SchemaReferences::addAnchor(const QByteArray& name, element schema, const QByteArray& pointer,
                                           const QByteArray& at)
{
    const QByteArray key = resourceOf(pointer).pointer + '#' + name;
    const auto known = m_anchors.constFind(key);
    if (known != m_anchors.cend() && known->pointer != pointer && m_options.style == SchemaStyle::Strict)
        return failure(ErrorCode::Parse, QStringLiteral("two schemas have the same anchor"), QString::fromUtf8(at));
    if (known == m_anchors.cend())
        m_anchors.insert(key, {pointer, schema});
    return {};
}

/// The innermost one around a place.
const SchemaReferences::Resource& SchemaReferences::resourceOf(QByteArray pointer) const
{
    // Openly, a pointer is always one in the whole document: generators write identifiers, but mean that.
    while (!pointer.isEmpty() && m_options.style == SchemaStyle::Strict) {
        if (const auto known = m_resources.constFind(pointer); known != m_resources.cend())
            return *known;
        pointer.truncate(pointer.lastIndexOf('/'));
    }
    return m_root;
}

Expected<SchemaReferences::Target> SchemaReferences::find(const QByteArray& reference, const QByteArray& from) const
{
    const qsizetype hash = reference.indexOf('#');
    const QByteArray fragment = hash < 0 ? QByteArray() : QByteArray::fromPercentEncoding(reference.mid(hash + 1));
    const QByteArray address = hash < 0 ? reference : reference.left(hash);
    const Resource& here = resourceOf(from);
    if (address.isEmpty())
        return findInside(here, fragment, reference);
    const QUrl relative(QString::fromUtf8(address), QUrl::StrictMode);
    if (!relative.isValid())
        return failure(ErrorCode::Parse, QStringLiteral("\"$ref\" is a URI reference"));
    const QUrl url = here.base.resolved(relative);
    if (const auto known = m_pointerByUri.constFind(keyOf(url)); known != m_pointerByUri.cend()) {
        const auto resource = m_resources.constFind(*known);
        return findInside(resource == m_resources.cend() ? m_root : *resource, fragment, reference);
    }
    if (keyOf(url) == keyOf(m_root.base))
        return findInside(m_root, fragment, reference);
    if (m_options.style == SchemaStyle::Open || url.scheme() == QLatin1String("schema"))
        return failure(ErrorCode::Parse, nothing(reference));
    return failure(ErrorCode::Unsupported,
                   QStringLiteral("\"$ref\" leads out of the document, and nothing is fetched: ") +
                       QString::fromUtf8(keyOf(url)));
}

Expected<SchemaReferences::Target> SchemaReferences::findInside(const Resource& resource, const QByteArray& fragment,
                                                                const QByteArray& reference) const
{
    if (!fragment.isEmpty() && !fragment.startsWith('/')) {
        const auto anchor = m_anchors.constFind(resource.pointer + '#' + fragment);
        if (anchor == m_anchors.cend())
            return failure(ErrorCode::Parse, nothing(reference));
        return *anchor;
    }
    const Expected<CompiledPointer> path = CompiledPointer::fromText(fragment);
    const std::optional<element> schema = path ? valueAt(resource.schema, path->steps()) : std::nullopt;
    if (!schema)
        return failure(ErrorCode::Parse, nothing(reference));
    return Target{resource.pointer + pointerText(path->steps()), *schema};
}

} // namespace framescope
