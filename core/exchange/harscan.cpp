#include "core/exchange/harscan.h"

#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/exchange/harmessage.h"
#include "core/frame/framejson.h"

#include <QDateTime>
#include <QUrl>
#include <limits>

namespace framescope {

namespace {

using Token = JsonStream::Token;

constexpr std::size_t connectionLimit = std::numeric_limits<quint16>::max();

std::optional<qint64> wallNsOf(const QByteArray& iso)
{
    // By hand for the fraction: QDateTime knows milliseconds only.
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(iso), Qt::ISODateWithMs);
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
        return std::nullopt;
    const qint64 seconds = time.toSecsSinceEpoch();
    if (seconds < 0 || seconds >= latestNs / nsPerSecond)
        return std::nullopt;
    qint64 ns = 0;
    if (const qsizetype point = iso.indexOf('.'); point >= 0) {
        qint64 unit = nsPerSecond / 10;
        for (qsizetype i = point + 1; i < iso.size() && iso[i] >= '0' && iso[i] <= '9'; ++i, unit /= 10)
            ns += unit * (iso[i] - '0');
    }
    return seconds * nsPerSecond + ns;
}

/// Long, and of letters and digits mixed: nobody would have named a path so.
bool looksRandom(const QString& part)
{
    constexpr qsizetype longestName = 24;
    const auto has = [&part](bool (*is)(char32_t)) {
        return std::any_of(part.begin(), part.end(), [is](QChar c) { return is(c.unicode()); });
    };
    return part.size() > longestName && has(&QChar::isDigit) && has(&QChar::isLetter);
}

} // namespace

QByteArray bareEndpoint(const QByteArray& url)
{
    const QUrl read(QString::fromUtf8(url));
    const QUrl bare = read.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemovePath);
    if (!read.isValid() || bare.host().isEmpty())
        return {};
    QStringList parts = read.path(QUrl::PrettyDecoded).split(u'/');
    for (qsizetype i = 1; i < parts.size(); ++i) {
        if (looksRandom(parts[i]) || (parts[i - 1] == QStringLiteral("channels") && !parts[i].isEmpty()))
            parts[i] = QStringLiteral("…");
    }
    return redactor::redacted(bare.toString() + parts.join(u'/')).toUtf8();
}

/// What is known of an entry before its end is read.
struct HarScan::Entry
{
    HarConnection connection;
    HarPlace place;
    QByteArray type;
    qint64 status = 0;
    double durationMs = 0;
    qint64 firstWallNs = 0;
    qint64 lastWallNs = 0;
};

HarScan::HarScan(QFile& file, const HarCapture::Progress& progress)
    : m_file(file)
    , m_progress(progress)
    , m_json(file)
{
    m_json.onBytes = [this](QByteArrayView bytes) {
        m_sha256.add(bytes);
        summary.bytes += quint64(bytes.size());
        m_isCancelled = m_isCancelled || (m_progress && !m_progress(summary.bytes, quint64(m_file.size())));
    };
}

Expected<void> HarScan::beginObject()
{
    const auto token = m_json.next();
    if (!token)
        return tl::unexpected(token.error());
    if (*token != Token::BeginObject)
        return m_json.invalid(QStringLiteral("no HAR: expected an object"));
    return {};
}

Expected<void> HarScan::run()
{
    if (auto ok = beginObject(); !ok)
        return ok;
    auto read =
        forEachMember(m_json, [this](const QByteArray& name) { return name == "log" ? readLog() : m_json.skip(); });
    if (!read)
        return read;
    if (const auto end = m_json.next(); !end)
        return tl::unexpected(end.error());
    if (!m_hasEntries)
        return failure(ErrorCode::Parse, QStringLiteral("no HAR: /log/entries is missing"));
    if (connections.empty())
        return failure(ErrorCode::Unsupported,
                       QStringLiteral("no WebSocket messages in it: DevTools write them only for "
                                      "connections that began while they were open"));
    summary.sha256Hex = toHex(m_sha256.finish());
    summary.isOurs = summary.messages > 0 && m_ownMessages == summary.messages;
    for (std::size_t i = 0; i < places.size(); ++i) {
        HarConnection& connection = connections[i];
        if (!connection.isOurs)
            connection.connection = quint16(i);
        if (!summary.isOurs) {
            places[i].openedKey = quint64(connection.startedWallNs);
            places[i].closedKey = quint64(connection.closedWallNs);
        }
        if (summary.startedWallNs == 0 ||
            (summary.sessionId.isEmpty() && connection.startedWallNs < summary.startedWallNs))
            summary.startedWallNs = connection.startedWallNs;
    }
    return {};
}

Expected<void> HarScan::readLog()
{
    if (auto ok = beginObject(); !ok)
        return ok;
    return forEachMember(m_json, [this](const QByteArray& name) {
        if (name == "creator")
            return readCreator();
        if (name == "_framescope")
            return readOwnLog();
        return name == "entries" ? readEntries() : m_json.skip();
    });
}

Expected<void> HarScan::readCreator()
{
    if (auto ok = beginObject(); !ok)
        return ok;
    return forEachMember(m_json, [this](const QByteArray& name) -> Expected<void> {
        if (name != "name" && name != "version")
            return m_json.skip();
        const auto text = textValue(m_json);
        if (!text)
            return tl::unexpected(text.error());
        summary.creator += (summary.creator.isEmpty() ? "" : " ") + text->left(100);
        return {};
    });
}

Expected<void> HarScan::readOwnLog()
{
    if (auto ok = beginObject(); !ok)
        return ok;
    return forEachMember(m_json, [this](const QByteArray& name) -> Expected<void> {
        QByteArray* const text = name == "session_id"    ? &summary.sessionId
                                 : name == "source_kind" ? &summary.sourceKind
                                 : name == "source_name" ? &summary.sourceName
                                                         : nullptr;
        qint64* const number = name == "started_wall_ns"   ? &summary.startedWallNs
                               : name == "started_mono_ns" ? &summary.startedMonoNs
                                                           : nullptr;
        if (text) {
            const auto value = textValue(m_json);
            if (!value)
                return tl::unexpected(value.error());
            *text = redactor::redacted(value->left(200));
            return {};
        }
        if (!number)
            return m_json.skip();
        const auto value = integerValue(m_json);
        if (!value)
            return tl::unexpected(value.error());
        *number = plausibleNs(*value);
        return {};
    });
}

Expected<void> HarScan::readEntries()
{
    const auto begin = m_json.next();
    if (!begin)
        return tl::unexpected(begin.error());
    if (*begin != Token::BeginArray)
        return m_json.invalid(QStringLiteral("no HAR: expected the list of entries"));
    m_hasEntries = true;
    for (;;) {
        const auto token = m_json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndArray)
            return {};
        if (*token != Token::BeginObject)
            return m_json.invalid(QStringLiteral("no HAR: expected an entry"));
        Entry entry;
        if (auto ok = readEntry(entry); !ok)
            return ok;
        if (auto ok = finish(entry); !ok)
            return ok;
    }
}

Expected<void> HarScan::readEntry(Entry& entry)
{
    return forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
        if (m_isCancelled)
            return failure(ErrorCode::Cancelled, QStringLiteral("the import was cancelled"));
        if (name == "request")
            return readRequest(entry);
        if (name == "response")
            return readResponse(entry);
        if (name == "_framescope")
            return readOwnEntry(entry);
        if (name == "_webSocketMessages")
            return readMessages(entry);
        if (name == "time") {
            const auto token = m_json.next();
            if (token && *token == Token::Number)
                entry.durationMs = m_json.text().toDouble();
            else if (token && (*token == Token::BeginArray || *token == Token::BeginObject))
                return m_json.skip();
            return token ? Expected<void>() : tl::unexpected(token.error());
        }
        if (name != "_resourceType" && name != "startedDateTime")
            return m_json.skip();
        const auto text = textValue(m_json);
        if (!text)
            return tl::unexpected(text.error());
        if (name == "_resourceType")
            entry.type = *text;
        else
            entry.connection.startedWallNs = wallNsOf(*text).value_or(0);
        return {};
    });
}

Expected<void> HarScan::readRequest(Entry& entry)
{
    if (auto ok = beginObject(); !ok)
        return ok;
    return forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
        if (name != "url")
            return m_json.skip();
        const auto url = textValue(m_json);
        if (!url)
            return tl::unexpected(url.error());
        entry.connection.endpoint = bareEndpoint(*url);
        return {};
    });
}

Expected<void> HarScan::readResponse(Entry& entry)
{
    if (auto ok = beginObject(); !ok)
        return ok;
    return forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
        if (name != "status")
            return m_json.skip();
        const auto status = integerValue(m_json);
        if (!status)
            return tl::unexpected(status.error());
        entry.status = *status;
        return {};
    });
}

Expected<void> HarScan::readOwnEntry(Entry& entry)
{
    if (auto ok = beginObject(); !ok)
        return ok;
    HarConnection& connection = entry.connection;
    connection.isOurs = true;
    return forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
        if (name == "closed")
            return readClosed(entry);
        const auto number = name == "conn_id" || name == "attempt" || name == "connected_wall_ns" ||
                                    name == "closed_wall_ns" || name == "seq" || name == "closed_seq"
                                ? integerValue(m_json)
                                : m_json.skip().map([] { return qint64(0); });
        if (!number)
            return tl::unexpected(number.error());
        if (name == "conn_id")
            connection.connection = quint16(*number);
        else if (name == "attempt")
            connection.attempt = quint16(*number);
        else if (name == "connected_wall_ns")
            connection.connectedWallNs = plausibleNs(*number);
        else if (name == "closed_wall_ns")
            connection.closedWallNs = plausibleNs(*number);
        else if (name == "seq")
            entry.place.openedKey = quint64(*number);
        else if (name == "closed_seq")
            entry.place.closedKey = quint64(*number);
        return {};
    });
}

/// Plain members only: that is what we write, and what an audit event may hold.
Expected<void> HarScan::readClosed(Entry& entry)
{
    constexpr qsizetype textLimit = 500;
    if (auto ok = beginObject(); !ok)
        return ok;
    QByteArray json;
    auto read = forEachMember(m_json, [&](const QByteArray& name) -> Expected<void> {
        const auto token = m_json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::BeginArray || *token == Token::BeginObject)
            return m_json.skip();
        if (*token != Token::String && *token != Token::Number)
            return {};
        json += json.isEmpty() ? "{" : ",";
        appendJsonString(json, name.left(textLimit));
        json += ':';
        if (*token == Token::String)
            appendJsonString(json, redactor::redacted(m_json.text().left(textLimit)));
        else
            json += m_json.text();
        return {};
    });
    entry.connection.closed = json.isEmpty() ? QByteArray() : json + '}';
    return read;
}

Expected<void> HarScan::readMessages(Entry& entry)
{
    const auto begin = m_json.next();
    if (!begin)
        return tl::unexpected(begin.error());
    if (*begin != Token::BeginArray)
        return m_json.invalid(QStringLiteral("expected the list of messages"));
    entry.place.offset = m_json.offset();
    entry.place.pointer = m_json.pointer();
    entry.place.pointer.truncate(entry.place.pointer.lastIndexOf(u'/')); // the list's own, not its first item's
    for (;;) {
        const auto token = m_json.next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndArray)
            return {};
        if (*token != Token::BeginObject)
            return m_json.invalid(QStringLiteral("expected a message"));
        const auto message = readHarMessage(m_json, 0);
        if (!message)
            return tl::unexpected(message.error());
        if (m_isCancelled)
            return failure(ErrorCode::Cancelled, QStringLiteral("the import was cancelled"));
        m_ownMessages += message->isOurs ? 1 : 0;
        const FrameHead& head = message->frame.head;
        if (entry.connection.messages++ == 0)
            entry.firstWallNs = head.wallNs;
        entry.lastWallNs = std::max(entry.lastWallNs, head.wallNs);
    }
}

Expected<void> HarScan::finish(Entry& entry)
{
    HarConnection& connection = entry.connection;
    const bool isWebSocket = entry.place.offset >= 0 || entry.type == "websocket";
    if (!isWebSocket) {
        ++summary.otherEntries;
        return {};
    }
    if (connections.size() >= connectionLimit)
        return failure(ErrorCode::Unsupported, QStringLiteral("more than %1 connections").arg(connectionLimit));
    if (connection.startedWallNs == 0)
        connection.startedWallNs = entry.firstWallNs;
    if (entry.firstWallNs != 0)
        connection.startedWallNs = std::min(connection.startedWallNs, entry.firstWallNs);
    if (!connection.isOurs && (entry.status == 101 || connection.messages > 0))
        connection.connectedWallNs = connection.startedWallNs;
    // The entry's time of a connection that still ran is 0, or up to its last message.
    const qint64 endedWallNs =
        connection.startedWallNs + qint64(std::clamp(entry.durationMs, 0.0, 1e12) * double(nsPerMs));
    if (!connection.isOurs && endedWallNs > entry.lastWallNs)
        connection.closedWallNs = endedWallNs;
    summary.messages += connection.messages;
    places.push_back(entry.place);
    connections.push_back(connection);
    return {};
}

} // namespace framescope
