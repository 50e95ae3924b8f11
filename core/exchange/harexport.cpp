#include "core/exchange/harexport.h"

#include "core/frame/framejson.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace framescope {

namespace {

constexpr int harEventsAtOnce = 1000;

/// Seconds since 1970 with six decimals: a double holds no more of today's times than that.
QByteArray secondsText(qint64 wallNs)
{
    const quint64 us = quint64(std::max<qint64>(wallNs, 0)) / 1000;
    const QByteArray decimals = QByteArray::number(us % 1'000'000);
    return QByteArray::number(us / 1'000'000) + '.' + QByteArray(6 - decimals.size(), '0') + decimals;
}

void appendMember(QByteArray& json, const char* name, QByteArrayView value)
{
    json += ",\"";
    json += name;
    json += "\":";
    appendJsonString(json, value);
}

bool isValidUtf8Text(QByteArrayView bytes)
{
    return QUtf8StringView(bytes.data(), bytes.size()).isValidUtf8();
}

/// A text message that is no UTF-8 cannot stand in JSON as it is.
bool needsBase64(const FrameHead& head, QByteArrayView payload)
{
    return head.opcode == Opcode::Text && !isValidUtf8Text(payload);
}

} // namespace

HarExport::HarExport(SessionReader& reader, ExportSink& sink, const ExportRequest& request,
                     const ExportProgress& progress)
    : m_reader(reader)
    , m_sink(sink)
    , m_request(request)
    , m_progress(progress)
{
}

Expected<ExportResult> HarExport::run()
{
    const auto extent = m_reader.extent();
    if (!extent)
        return tl::unexpected(extent.error());
    m_extent = *extent;
    if (auto ok = lookAtFrames(); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = lookAtEvents(); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = m_sink.put(head()); !ok)
        return tl::unexpected(ok.error());
    bool isFirst = true;
    for (const Attempt* attempt : entries()) {
        if (auto ok = m_sink.put((isFirst ? "\n" : ",\n") + entryHead(*attempt)); !ok)
            return tl::unexpected(ok.error());
        isFirst = false;
        if (auto ok = writeMessages(*attempt); !ok)
            return tl::unexpected(ok.error());
    }
    if (auto ok = m_sink.put("\n]}}\n"); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = m_sink.flush(); !ok)
        return tl::unexpected(ok.error());
    m_result.rows = m_written;
    if (m_request.scope.isWhole()) {
        m_result.firstSeq = 1;
        m_result.lastSeq = m_extent.lastSeq;
    }
    return m_result;
}

bool HarExport::isInScope(const FrameHead& head) const
{
    return m_request.scope.holdsTime(head.wallNs) && m_request.scope.holdsFrame(head.number);
}

bool HarExport::isWanted(const FrameBatch& block, std::size_t index) const
{
    const FrameHead& head = block.heads[index];
    return isInScope(head) && m_request.filter.matches(block, index);
}

HarExport::Attempt& HarExport::attemptOf(quint16 connection, quint16 attempt, quint64 seq)
{
    Attempt& found = m_attempts[{connection, attempt}];
    found.connection = connection;
    found.attempt = attempt;
    found.order = found.order == 0 ? seq : std::min(found.order, seq);
    return found;
}

void HarExport::note(Attempt& attempt, const FrameBatch& block, std::size_t index)
{
    const FrameHead& head = block.heads[index];
    const quint64 seq = block.firstAuditSeq + index;
    if (attempt.frames++ == 0) {
        attempt.firstFrame = head.number;
        attempt.firstWallNs = head.wallNs;
    }
    attempt.lastFrame = head.number;
    attempt.lastWallNs = head.wallNs;
    m_result.firstFrame = m_result.firstFrame == 0 ? head.number : m_result.firstFrame;
    m_result.firstSeq = m_result.firstSeq == 0 ? seq : m_result.firstSeq;
    m_result.lastFrame = head.number;
    m_result.lastSeq = seq;
    m_result.payloadsRemoved += block.isPayloadRemoved(index) ? 1 : 0;
}

Expected<void> HarExport::lookAtFrames()
{
    const quint64 last = std::min(m_extent.frames, m_request.scope.lastFrame());
    for (auto number = m_request.scope.frameAtOrAfter(1); number && *number <= last;) {
        const auto block = m_reader.nextBlock(*number);
        if (!block)
            return tl::unexpected(block.error());
        if (!*block)
            break;
        for (std::size_t i = 0; i < (*block)->size() && (*block)->heads[i].number <= last; ++i) {
            const FrameHead& head = (*block)->heads[i];
            const bool isRemoved = (*block)->isPayloadRemoved(i);
            m_result.notSearched += isRemoved && m_request.filter.needsPayload() && isInScope(head) ? 1 : 0;
            if (isWanted(**block, i))
                note(attemptOf(head.connection, head.attempt, (*block)->firstAuditSeq + i), **block, i);
        }
        m_looked += (*block)->size();
        number = m_request.scope.frameAtOrAfter((*block)->lastNumber() + 1);
        if (auto ok = report(m_looked); !ok)
            return ok;
    }
    return {};
}

Expected<void> HarExport::lookAtEvents()
{
    for (quint64 next = 1; next <= m_extent.lastSeq;) {
        const auto events = m_reader.events(next, m_extent.lastSeq, harEventsAtOnce);
        if (!events)
            return tl::unexpected(events.error());
        if (events->empty())
            break;
        for (const AuditEvent& event : *events)
            take(event);
        next = events->back().seq + 1;
    }
    return {};
}

void HarExport::take(const AuditEvent& event)
{
    switch (event.action) {
    case AuditAction::ConnectStarted:
    case AuditAction::Connected:
    case AuditAction::ConnectFailed:
    case AuditAction::Closed:
        break;
    default:
        return;
    }
    Attempt& attempt = attemptOf(event.connection, event.attempt, event.seq);
    attempt.endpoint = event.object;
    if (event.action == AuditAction::ConnectStarted) {
        attempt.startedWallNs = event.at.wallNs;
    } else if (event.action == AuditAction::Connected) {
        attempt.connectedWallNs = event.at.wallNs;
    } else {
        attempt.closedWallNs = event.at.wallNs;
        attempt.closedSeq = event.seq;
        attempt.closed = event.detail;
    }
}

/// An attempt without frames is told only where nothing was left out.
std::vector<const HarExport::Attempt*> HarExport::entries() const
{
    const bool isWhole = m_request.scope.isWhole() && m_request.filter.isEmpty();
    std::vector<const Attempt*> wanted;
    for (const auto& [key, attempt] : m_attempts) {
        if (attempt.frames > 0 || isWhole)
            wanted.push_back(&attempt);
    }
    std::sort(wanted.begin(), wanted.end(), [](const Attempt* a, const Attempt* b) { return a->order < b->order; });
    return wanted;
}

QByteArray HarExport::head() const
{
    const SessionInfo& info = m_reader.info();
    QByteArray json =
        "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"Framescope\",\"version\":\"" FRAMESCOPE_VERSION
        "\"},\"pages\":[],\"_framescope\":{\"session_id\":";
    appendJsonString(json, info.sessionId);
    appendMember(json, "tool_version", info.toolVersion);
    appendMember(json, "source_kind", info.sourceKind);
    appendMember(json, "source_name", info.sourceName);
    json += ",\"started_wall_ns\":" + QByteArray::number(info.startedWallNs);
    json += ",\"started_mono_ns\":" + QByteArray::number(info.startedMonoNs);
    return json + "},\"entries\":[";
}

QByteArray HarExport::entryHead(const Attempt& attempt)
{
    const qint64 startedNs = attempt.startedWallNs != 0     ? attempt.startedWallNs
                             : attempt.connectedWallNs != 0 ? attempt.connectedWallNs
                             : attempt.firstWallNs != 0     ? attempt.firstWallNs
                                                            : attempt.closedWallNs;
    const qint64 connectedNs = attempt.connectedWallNs != 0 ? attempt.connectedWallNs : startedNs;
    const qint64 endedNs = std::max({startedNs, connectedNs, attempt.closedWallNs, attempt.lastWallNs});
    const bool isConnected = attempt.connectedWallNs != 0 || attempt.frames > 0;
    const QJsonObject closed = QJsonDocument::fromJson(attempt.closed).object();
    const int status = isConnected ? 101 : closed.value(QLatin1String("status")).toInt();
    const QByteArray waitText = millisecondsText(std::max<qint64>(connectedNs - startedNs, 0));

    QByteArray json = "{\"_resourceType\":\"websocket\",\"cache\":{},\"request\":{\"method\":\"GET\",\"url\":";
    appendJsonString(json, attempt.endpoint);
    json += ",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"queryString\":[],\"cookies\":[],\"headersSize\":-1,"
            "\"bodySize\":0},\"response\":{\"status\":" +
            QByteArray::number(status) + ",\"statusText\":" + (isConnected ? "\"Switching Protocols\"" : "\"\"") +
            ",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"cookies\":[],\"content\":{\"size\":0,"
            "\"mimeType\":\"x-unknown\"},\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":-1},"
            "\"serverIPAddress\":\"\",\"startedDateTime\":\"" +
            rfc3339Utc(startedNs) + "\",\"time\":" + millisecondsText(endedNs - startedNs) +
            ",\"timings\":{\"blocked\":-1,\"dns\":-1,\"ssl\":-1,\"connect\":-1,\"send\":0,\"wait\":" + waitText +
            ",\"receive\":" + millisecondsText(std::max<qint64>(endedNs - connectedNs, 0)) + "},\"_framescope\":";
    return json + entryFacts(attempt) + ",\"_webSocketMessages\":[";
}

QByteArray HarExport::entryFacts(const Attempt& attempt)
{
    QByteArray json = "{\"seq\":" + QByteArray::number(attempt.order) +
                      ",\"conn_id\":" + QByteArray::number(attempt.connection) +
                      ",\"attempt\":" + QByteArray::number(attempt.attempt);
    if (attempt.connectedWallNs != 0)
        json += ",\"connected_wall_ns\":" + QByteArray::number(attempt.connectedWallNs);
    if (attempt.closedWallNs != 0)
        json += ",\"closed_wall_ns\":" + QByteArray::number(attempt.closedWallNs) +
                ",\"closed_seq\":" + QByteArray::number(attempt.closedSeq);
    const QJsonObject closed = QJsonDocument::fromJson(attempt.closed).object();
    if (!closed.isEmpty())
        json += ",\"closed\":" + QJsonDocument(closed).toJson(QJsonDocument::Compact);
    return json + '}';
}

QByteArray HarExport::message(const FrameBatch& block, std::size_t index)
{
    const FrameHead& head = block.heads[index];
    const QByteArrayView payload = block.payloadOf(index);
    const bool isBase64 = needsBase64(head, payload);
    QByteArray json;
    json.reserve(payload.size() + payload.size() / 2 + 1024);
    json += "{\"type\":";
    json += head.direction == Direction::Out ? "\"send\"" : "\"receive\"";
    json +=
        ",\"time\":" + secondsText(head.wallNs) + ",\"opcode\":" + QByteArray::number(int(head.opcode)) + ",\"data\":";
    if (head.opcode == Opcode::Binary)
        json += '"' + QByteArray::fromRawData(payload.data(), payload.size()).toBase64() + '"';
    else
        appendJsonString(json, payload);
    json += ",\"_framescope\":";
    appendFrameFacts(json, block, index);
    if (isBase64) {
        json.chop(1);
        appendMember(json, "payload_base64", QByteArray::fromRawData(payload.data(), payload.size()).toBase64());
        json += '}';
    }
    return json + '}';
}

Expected<void> HarExport::writeMessages(const Attempt& attempt)
{
    bool isFirst = true;
    const ExportScope& scope = m_request.scope;
    for (auto number = scope.frameAtOrAfter(attempt.firstFrame);
         attempt.frames > 0 && number && *number <= attempt.lastFrame;) {
        const auto block = m_reader.nextBlock(*number);
        if (!block)
            return tl::unexpected(block.error());
        if (!*block)
            break;
        for (std::size_t i = 0; i < (*block)->size() && (*block)->heads[i].number <= attempt.lastFrame; ++i) {
            const FrameHead& head = (*block)->heads[i];
            if (head.connection != attempt.connection || head.attempt != attempt.attempt || !isWanted(**block, i))
                continue;
            if (auto ok = m_sink.put((isFirst ? "\n" : ",\n") + message(**block, i)); !ok)
                return ok;
            isFirst = false;
            ++m_written;
        }
        number = scope.frameAtOrAfter((*block)->lastNumber() + 1);
        if (auto ok = report(m_looked + m_written); !ok)
            return ok;
    }
    return m_sink.put("]}");
}

Expected<void> HarExport::report(quint64 done)
{
    quint64 wanted = 0;
    for (const auto& [key, attempt] : m_attempts)
        wanted += attempt.frames;
    if (m_progress && !m_progress(done, std::max(m_looked, m_extent.frames) + wanted))
        return failure(ErrorCode::Cancelled, QStringLiteral("the export was cancelled"), m_request.sessionPath);
    return {};
}

} // namespace framescope
