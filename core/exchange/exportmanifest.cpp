#include "core/exchange/exportmanifest.h"

#include "core/store/chainkeeper.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionschema.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSysInfo>

namespace framescope {

namespace {

constexpr int manifestVersion = 1;
constexpr int manifestEventsAtOnce = 1000;
constexpr int lossesListed = 1000;

QString utcText(qint64 wallNs)
{
    return QString::fromLatin1(rfc3339Utc(wallNs));
}

QString hexText(const auto& bytes)
{
    return QString::fromLatin1(QByteArrayView(bytes.data(), qsizetype(bytes.size())).toByteArray().toHex());
}

QJsonObject sessionObject(const QString& path, const SessionInfo& info)
{
    QJsonObject session{{QStringLiteral("id"), QString::fromLatin1(info.sessionId)},
                        {QStringLiteral("file"), QFileInfo(path).fileName()},
                        {QStringLiteral("tool_version"), QString::fromUtf8(info.toolVersion)},
                        {QStringLiteral("source_kind"), QString::fromUtf8(info.sourceKind)},
                        {QStringLiteral("source_name"), QString::fromUtf8(info.sourceName)},
                        {QStringLiteral("started_utc"), utcText(info.startedWallNs)},
                        // mono_ns of a row, less this, is the time since started_utc by a clock that nobody sets.
                        {QStringLiteral("started_mono_ns"), QString::number(info.startedMonoNs)},
                        {QStringLiteral("payloads"), QString::fromLatin1(payloadPolicyName(info.payloads))}};
    if (info.endedWallNs != 0)
        session.insert(QStringLiteral("ended_utc"), utcText(info.endedWallNs));
    return session;
}

QJsonValue redactionRules(const SessionInfo& info)
{
    const QJsonValue rules = QJsonDocument::fromJson(info.redaction).object().value(QStringLiteral("rules"));
    return rules.isArray() ? rules : QJsonArray();
}

QJsonObject scopeObject(const ExportRequest& request)
{
    const ExportScope& scope = request.scope;
    QJsonObject object{{QStringLiteral("kind"), scope.onlyMarked           ? QStringLiteral("marked")
                                                : !scope.spans.empty()     ? QStringLiteral("selected")
                                                : scope.hasTimes()         ? QStringLiteral("time-range")
                                                : request.filter.isEmpty() ? QStringLiteral("all")
                                                                           : QStringLiteral("filtered")}};
    if (scope.fromWallNs != ExportScope().fromWallNs)
        object.insert(QStringLiteral("from_utc"), utcText(scope.fromWallNs));
    if (scope.untilWallNs != ExportScope().untilWallNs)
        object.insert(QStringLiteral("until_utc"), utcText(scope.untilWallNs));
    if (scope.marksPassedOver > 0)
        object.insert(QStringLiteral("marks_passed_over"), qint64(scope.marksPassedOver));
    if (scope.isOfFrames()) {
        QJsonArray spans;
        for (const FrameSpan& span : scope.spans)
            spans += QJsonArray{qint64(span.first), qint64(span.last)};
        object.insert(QStringLiteral("frames"), spans);
    }
    return object;
}

/// The event says that something is missing, or may be.
bool isLoss(AuditAction action)
{
    switch (action) {
    case AuditAction::Gap:
    case AuditAction::TopicGap:
    case AuditAction::FramesDropped:
    case AuditAction::StorageFailed:
    case AuditAction::TransportLimit:
        return true;
    default:
        return false;
    }
}

/// How many of each kind, and the first of them one by one.
Expected<QJsonObject> lossesObject(SessionReader& reader, const ExportResult& result)
{
    QJsonArray list;
    std::map<QString, qint64> counts{{QString(auditActionName(AuditAction::Gap)), 0},
                                     {QString(auditActionName(AuditAction::FramesDropped)), 0},
                                     {QString(auditActionName(AuditAction::TopicGap)), 0}};
    qint64 all = 0;
    for (quint64 next = std::max<quint64>(result.firstSeq, 1); next <= result.lastSeq;) {
        const auto events = reader.events(next, result.lastSeq, manifestEventsAtOnce);
        if (!events)
            return tl::unexpected(events.error());
        if (events->empty())
            break;
        for (const AuditEvent& event : *events) {
            if (!isLoss(event.action))
                continue;
            ++counts[QString(auditActionName(event.action))];
            if (++all <= lossesListed)
                list += QJsonObject{{QStringLiteral("seq"), qint64(event.seq)},
                                    {QStringLiteral("utc"), utcText(event.at.wallNs)},
                                    {QStringLiteral("action"), QString(auditActionName(event.action))},
                                    {QStringLiteral("object"), QString::fromUtf8(event.object)},
                                    {QStringLiteral("detail"), QJsonDocument::fromJson(event.detail).object()}};
        }
        next = events->back().seq + 1;
    }
    QJsonObject counted;
    for (const auto& [action, count] : counts)
        counted.insert(action, count);
    return QJsonObject{{QStringLiteral("first_seq"), qint64(result.firstSeq)},
                       {QStringLiteral("last_seq"), qint64(result.lastSeq)},
                       {QStringLiteral("counts"), counted},
                       {QStringLiteral("events"), list},
                       {QStringLiteral("not_listed"), std::max<qint64>(all - lossesListed, 0)}};
}

/// Where the audit chain stands now, which is at or after the last row that was exported; an empty object where the
/// file has no chain (format 1 and 2).
Expected<QJsonObject> auditObject(const QString& sessionPath)
{
    auto connection = openSessionDatabase(sessionPath);
    if (!connection)
        return tl::unexpected(connection.error());
    const auto identity = readChainIdentity(*connection);
    if (!identity)
        return tl::unexpected(identity.error());
    if (!identity->hasChain)
        return QJsonObject();
    if (auto ok = connection->execute("BEGIN"); !ok) // the head and the checkpoint of one moment
        return tl::unexpected(ok.error());
    const auto at = chainPositionOf(*connection);
    if (!at)
        return tl::unexpected(at.error());
    QJsonObject audit{{QStringLiteral("seq"), qint64(at->seq)}, {QStringLiteral("head"), hexText(at->head)}};
    if (at->last)
        audit.insert(QStringLiteral("checkpoint"), QJsonObject{{QStringLiteral("number"), qint64(at->last->number)},
                                                               {QStringLiteral("seq"), qint64(at->last->seq)},
                                                               {QStringLiteral("head"), hexText(at->last->head)},
                                                               {QStringLiteral("utc"), utcText(at->last->at.wallNs)},
                                                               {QStringLiteral("key_id"), hexText(at->last->keyId)}});
    return audit;
}

} // namespace

QString manifestPath(const QString& exportPath)
{
    return exportPath + QStringLiteral(".manifest.json");
}

Expected<QByteArray> exportManifest(const QString& path, const ExportRequest& request, const ExportResult& result)
{
    const auto reader = SessionReader::open(request.sessionPath);
    if (!reader)
        return tl::unexpected(reader.error());
    const auto losses = lossesObject(**reader, result);
    if (!losses)
        return tl::unexpected(losses.error());
    const auto audit = auditObject(request.sessionPath);
    if (!audit)
        return tl::unexpected(audit.error());
    const bool isAudit = request.what == ExportWhat::Audit;
    const QJsonObject manifest{
        {QStringLiteral("manifest_version"), manifestVersion},
        {QStringLiteral("tool"), QStringLiteral("Framescope")},
        {QStringLiteral("tool_version"), QStringLiteral(FRAMESCOPE_VERSION)},
        {QStringLiteral("host"), QSysInfo::machineHostName()},
        {QStringLiteral("created_utc"), utcText(now().wallNs)},
        {QStringLiteral("session"), sessionObject(request.sessionPath, (*reader)->info())},
        {QStringLiteral("redaction"), redactionRules((*reader)->info())},
        {QStringLiteral("what"), isAudit ? QStringLiteral("audit") : QStringLiteral("frames")},
        {QStringLiteral("format"), exportSuffix(request.format)},
        {QStringLiteral("filter"), request.filter.expression()},
        {QStringLiteral("scope"), scopeObject(request)},
        {QStringLiteral("raw_cells"), request.rawCells},
        {QStringLiteral("byte_order_mark"), request.byteOrderMark && request.format == ExportFormat::Csv},
        {QStringLiteral("rows"), qint64(result.rows)},
        {QStringLiteral("first_frame"), qint64(result.firstFrame)},
        {QStringLiteral("last_frame"), qint64(result.lastFrame)},
        {QStringLiteral("payloads_removed"), QJsonObject{{QStringLiteral("rows"), qint64(result.payloadsRemoved)},
                                                         {QStringLiteral("not_searched"), qint64(result.notSearched)}}},
        {QStringLiteral("losses"), *losses},
        {QStringLiteral("file"), QJsonObject{{QStringLiteral("name"), QFileInfo(path).fileName()},
                                             {QStringLiteral("bytes"), result.bytes},
                                             {QStringLiteral("sha256"), QString::fromLatin1(result.sha256Hex)}}},
        {QStringLiteral("audit"), *audit}};
    return QJsonDocument(manifest).toJson();
}

} // namespace framescope
