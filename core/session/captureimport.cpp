#include "core/session/captureimport.h"

#include "core/decode/batchfiller.h"
#include "core/decode/decoder.h"
#include "core/exchange/harcapture.h"
#include "core/gate/sizegate.h"
#include "core/session/redactiondetail.h"
#include "core/session/sessionconfig.h"
#include "core/store/sessionwriter.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonObject>
#include <QRandomGenerator>

namespace framescope {

namespace {

constexpr std::size_t importBatchFrames = 512;
constexpr std::size_t importBatchBytes = 1024 * 1024;
constexpr qint64 importProgressSteps = 512; ///< messages between two

QByteArray newSessionId()
{
    std::array<quint32, 4> random{};
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    return QByteArray(reinterpret_cast<const char*>(random.data()), sizeof random).toHex();
}

SessionInfo infoOf(const HarSummary& summary, const ImportRequest& request)
{
    SessionInfo info;
    info.sessionId = newSessionId();
    info.toolVersion = QByteArrayLiteral(FRAMESCOPE_VERSION);
    info.sourceKind = QByteArrayLiteral("imported");
    info.sourceName = QFileInfo(request.capturePath).fileName().toUtf8();
    info.payloads = request.payloads;
    if (request.payloads == PayloadPolicy::Redacted)
        info.redaction = request.redaction.toJson();
    info.startedWallNs = summary.startedWallNs;
    info.startedMonoNs = summary.startedMonoNs;
    return info;
}

bool hasNotifications(const std::vector<HarConnection>& connections)
{
    return std::any_of(connections.begin(), connections.end(),
                       [](const HarConnection& connection) { return connection.endpoint.contains("/channels/"); });
}

DecoderOptions importOptions(const SizeLimits& limits, const ImportRequest& request)
{
    DecoderOptions options;
    options.keepPayload = request.payloads != PayloadPolicy::DigestOnly;
    if (request.payloads == PayloadPolicy::Redacted)
        options.redaction = request.redaction;
    options.flagBytes = limits.flagBytes;
    options.refuseBytes = limits.refuseBytes;
    return options;
}

/// One import under way: capture -> gate -> decoder -> session file.
class CaptureImport
{
public:
    CaptureImport(const ImportRequest& request, const ImportProgress& progress, HarCapture& capture,
                  PayloadMatrix matrix)
        : m_request(request)
        , m_progress(progress)
        , m_capture(capture)
        , m_matrix(matrix)
        , m_decoder(std::move(matrix), importOptions(m_limits, request))
        , m_batch(std::make_shared<FrameBatch>())
        , m_last{capture.summary().startedMonoNs, capture.summary().startedWallNs}
    {
    }

    [[nodiscard]] Expected<ImportResult> run(SessionWriter& writer)
    {
        m_writer = &writer;
        m_result.sessionPath = writer.path();
        m_result.connections = m_capture.connections().size();
        recordStart();
        const auto payloadLimit = qsizetype(m_limits.refuseBytes) + 1;
        for (;;) {
            const auto step = m_capture.next(payloadLimit);
            if (!step)
                return tl::unexpected(step.error());
            if (!*step)
                break;
            take(**step);
            if (m_result.frames % importProgressSteps == 0 && !report())
                return failure(ErrorCode::Cancelled, QStringLiteral("the import was cancelled"));
        }
        flush();
        recordEnd();
        if (auto closed = writer.close(); !closed)
            return tl::unexpected(closed.error());
        return m_result;
    }

private:
    [[nodiscard]] bool report() const
    {
        return !m_progress || m_progress(ImportStage::Importing, m_result.frames, m_capture.summary().messages);
    }

    /// The monotonic clock of a capture that has none: as far from the beginning as the wall clock says.
    [[nodiscard]] Instant instantOf(qint64 wallNs) const
    {
        const HarSummary& summary = m_capture.summary();
        const qint64 monoNs = summary.startedMonoNs + (wallNs - summary.startedWallNs);
        return {std::max(monoNs, m_last.monoNs), wallNs};
    }

    void record(AuditEvent event, Instant at)
    {
        flush();
        m_last = at;
        event.at = at;
        m_writer->append(std::move(event));
    }

    void recordStart();
    void recordEnd();
    void take(HarStep& step);
    void takeOpened(const HarConnection& connection);
    void takeClosed(const HarConnection& connection);
    void takeFrame(HarStep& step);
    void judgeAnew(const HarStep& step, const RawFrame& raw);
    void takeAsStated(const HarStep& step, const RawFrame& raw);
    void flush();

    const ImportRequest& m_request;
    const ImportProgress& m_progress;
    HarCapture& m_capture;
    const PayloadMatrix m_matrix;
    const SizeLimits m_limits;
    Decoder m_decoder;
    SessionWriter* m_writer = nullptr;
    std::shared_ptr<FrameBatch> m_batch;
    bool m_isJudged = false;        ///< the batch in hand holds frames that were judged already
    std::vector<quint32> m_parseNs; ///< as stated, of each frame of the batch to judge
    Instant m_last;
    ImportResult m_result;
};

void CaptureImport::recordStart()
{
    const HarSummary& summary = m_capture.summary();
    QJsonObject detail{{QStringLiteral("version"), QStringLiteral(FRAMESCOPE_VERSION)},
                       {QStringLiteral("source"), QStringLiteral("imported")},
                       {QStringLiteral("payloads"), payloadWord(m_request.payloads)},
                       {QStringLiteral("creator"), QString::fromUtf8(summary.creator)},
                       {QStringLiteral("exported_session"), QString::fromUtf8(summary.sessionId)},
                       {QStringLiteral("exported_source"), QString::fromUtf8(summary.sourceKind)},
                       {QStringLiteral("capture_sha256"), QString::fromLatin1(summary.sha256Hex)},
                       {QStringLiteral("imported_utc"), QString::fromLatin1(rfc3339Utc(now().wallNs))},
                       {QStringLiteral("connections"), qint64(m_result.connections)},
                       {QStringLiteral("messages"), qint64(summary.messages)},
                       {QStringLiteral("other_entries"), qint64(summary.otherEntries)}};
    if (m_request.payloads == PayloadPolicy::Redacted)
        addRedactionRules(m_request.redaction, detail);
    record(auditEvent(AuditAction::SessionStarted, Severity::Note, QFileInfo(m_request.capturePath).fileName(), detail),
           m_last);
    if (m_request.signingKey)
        (void)m_writer->useSigningKey(m_request.signingKey->key, m_request.signingKey->place);
    record(auditEvent(AuditAction::MatrixLoaded, Severity::Note,
                      m_request.matrixPath.isEmpty() ? QStringLiteral("built-in") : m_request.matrixPath,
                      {{QStringLiteral("sha256"), QString::fromLatin1(m_matrix.sha256Hex())}}),
           m_last);
    if (!hasNotifications(m_capture.connections()))
        return;
    const auto topics = TopicSchemas::builtIn();
    if (!topics)
        return;
    m_decoder.useTopics(*topics);
    record(auditEvent(AuditAction::SchemasLoaded, Severity::Note, QStringLiteral("built-in"),
                      {{QStringLiteral("version"), QString::fromLatin1(topics->version())},
                       {QStringLiteral("topics"), qint64(topics->topics().size())}}),
           m_last);
}

void CaptureImport::recordEnd()
{
    m_result.others = m_capture.otherMessages();
    m_result.unreadable = m_capture.unreadableMessages();
    m_result.redaction = m_decoder.redactionCounts();
    const bool isWhole = m_result.unreadable == 0;
    QJsonObject detail{{QStringLiteral("frames_received"), qint64(m_result.frames)},
                       {QStringLiteral("frames_accepted"), qint64(m_result.accepted + m_result.warned)},
                       {QStringLiteral("frames_refused"), qint64(m_result.refused)},
                       {QStringLiteral("frames_dropped"), qint64(m_writer->status().framesDropped)},
                       {QStringLiteral("judged_by_capture"), qint64(m_result.asStated)},
                       {QStringLiteral("messages_not_frames"), qint64(m_result.others)},
                       {QStringLiteral("messages_unreadable"), qint64(m_result.unreadable)}};
    if (m_request.payloads == PayloadPolicy::Redacted)
        addRedactionCounts(m_request.redaction, m_result.redaction, detail);
    record(auditEvent(AuditAction::SessionStopped, isWhole ? Severity::Note : Severity::Warning,
                      QFileInfo(m_request.capturePath).fileName(), detail),
           m_last);
}

void CaptureImport::take(HarStep& step)
{
    switch (step.kind) {
    case HarStep::Kind::Opened:
        takeOpened(*step.connection);
        break;
    case HarStep::Kind::Closed:
        takeClosed(*step.connection);
        break;
    case HarStep::Kind::Message:
        takeFrame(step);
        break;
    }
}

void CaptureImport::takeOpened(const HarConnection& connection)
{
    const auto recordOf = [&](AuditAction action, qint64 wallNs) {
        AuditEvent event = auditEvent(action, Severity::Note, QString::fromUtf8(connection.endpoint));
        event.connection = connection.connection;
        event.attempt = connection.attempt;
        record(std::move(event), instantOf(wallNs));
    };
    recordOf(AuditAction::ConnectStarted, connection.startedWallNs);
    if (connection.connectedWallNs == 0)
        return;
    recordOf(AuditAction::Connected, connection.connectedWallNs);
    m_decoder.connectionStarted(connection.connection);
}

void CaptureImport::takeClosed(const HarConnection& connection)
{
    if (connection.closedWallNs == 0)
        return;
    const bool wasConnected = connection.connectedWallNs != 0;
    AuditEvent event =
        auditEvent(wasConnected ? AuditAction::Closed : AuditAction::ConnectFailed,
                   wasConnected ? Severity::Note : Severity::Warning, QString::fromUtf8(connection.endpoint));
    event.connection = connection.connection;
    event.attempt = connection.attempt;
    if (!connection.closed.isEmpty())
        event.detail = connection.closed;
    record(std::move(event), instantOf(connection.closedWallNs));
}

void CaptureImport::takeFrame(HarStep& step)
{
    const FrameHead& head = step.frame.head;
    RawFrame raw;
    raw.arrival = step.isOurs ? Instant{head.monoNs, head.wallNs} : instantOf(head.wallNs);
    raw.connection = step.connection->connection;
    raw.attempt = step.connection->attempt;
    raw.opcode = head.opcode;
    raw.direction = head.direction;
    raw.bytes = step.frame.payload;
    m_last = raw.arrival;
    ++m_result.frames;
    const bool isKept = (head.flags & FrameFlag::PayloadKept) != 0;
    const bool isStated = step.isOurs && (!step.isComplete || !isKept || (head.flags & FrameFlag::Masked) != 0);
    if (m_isJudged != isStated) {
        flush();
        m_isJudged = isStated;
    }
    isStated ? takeAsStated(step, raw) : judgeAnew(step, raw);
    if (m_batch->size() >= importBatchFrames || m_batch->payload.size() >= importBatchBytes)
        flush();
}

void CaptureImport::judgeAnew(const HarStep& step, const RawFrame& raw)
{
    const FrameHead& stated = step.frame.head;
    const quint8 flags = FrameFlag::Imported | (stated.flags & FrameFlag::Simulated);
    if (step.isComplete && gateDecision(stated.sizeBytes, m_limits) != GateDecision::Refuse)
        batchfiller::append(raw, m_result.frames, flags, *m_batch);
    else
        batchfiller::appendWithoutPayload(raw, stated.sizeBytes, m_result.frames, flags, *m_batch);
    m_parseNs.push_back(stated.parseNs);
}

void CaptureImport::takeAsStated(const HarStep& step, const RawFrame& raw)
{
    const Frame& stated = step.frame;
    const bool isKept = !stated.payload.isEmpty() && m_request.payloads != PayloadPolicy::DigestOnly;
    if (!isKept)
        batchfiller::appendWithoutPayload(raw, stated.head.sizeBytes, m_result.frames, 0, *m_batch);
    else
        batchfiller::append(raw, m_result.frames, 0, *m_batch);
    FrameHead& head = m_batch->heads.back();
    head.sizeBytes = stated.head.sizeBytes;
    head.eventWallNs = stated.head.eventWallNs;
    head.parseNs = stated.head.parseNs;
    if (isKept) {
        head.id = stated.head.id;
        head.subject = stated.head.subject;
    }
    head.verdict = stated.head.verdict;
    head.checksum = stated.head.checksum;
    head.type = m_decoder.typeNamed(stated.type);
    head.flags = stated.head.flags | FrameFlag::Imported;
    // Whatever the flags say: a capture may have been edited, which is no change of the session that is made of it.
    if (isKept)
        head.flags |= Sha256::digest(stated.payload) == stated.digest ? FrameFlag::PayloadKept
                                                                      : FrameFlag::PayloadKept | FrameFlag::Masked;
    else if (stated.head.sizeBytes > 0)
        head.flags &= quint8(~FrameFlag::PayloadKept);
    head.firstFinding = quint32(m_batch->findings.size());
    head.findingCount = quint16(stated.findings.size());
    for (Finding finding : stated.findings) {
        finding.frame = quint32(m_batch->size() - 1);
        m_batch->findings.push_back(std::move(finding));
    }
    m_batch->digests.push_back(stated.digest);
    ++m_result.asStated;
}

void CaptureImport::flush()
{
    if (m_batch->isEmpty())
        return;
    if (m_isJudged && m_request.payloads == PayloadPolicy::Redacted)
        m_decoder.redactJudged(*m_batch);
    else
        m_decoder.judge(*m_batch); // those that have a digest are passed over
    for (std::size_t i = 0; i < m_parseNs.size(); ++i)
        m_batch->heads[i].parseNs = m_parseNs[i]; // from a socket to a verdict: only the capture can say
    for (const FrameHead& head : m_batch->heads)
        ++(head.verdict == Verdict::Refused  ? m_result.refused
           : head.verdict == Verdict::Warned ? m_result.warned
                                             : m_result.accepted);
    m_batch->types = m_decoder.typeNames();
    m_batch->shrink();
    m_writer->append(m_batch);
    m_batch = std::make_shared<FrameBatch>();
    m_parseNs.clear();
}

} // namespace

Expected<ImportResult> importCapture(const ImportRequest& request, const ImportProgress& progress)
{
    auto matrix = request.matrixPath.isEmpty() ? PayloadMatrix::builtIn() : PayloadMatrix::fromFile(request.matrixPath);
    if (!matrix)
        return tl::unexpected(matrix.error());
    const auto capture = HarCapture::open(request.capturePath, [&progress](quint64 done, quint64 all) {
        return !progress || progress(ImportStage::Checking, done, all);
    });
    if (!capture)
        return tl::unexpected(capture.error());
    const QString path = request.sessionPath.isEmpty()
                             ? newSessionPath(QFileInfo(request.capturePath).completeBaseName())
                             : request.sessionPath;
    auto writer = SessionWriter::create(path, infoOf((*capture)->summary(), request), request.anchorFolder);
    if (!writer)
        return tl::unexpected(writer.error());
    auto result = CaptureImport(request, progress, **capture, std::move(*matrix)).run(**writer);
    if (!result) {
        (void)(*writer)->close();
        QFile::remove(path); // ours: create() makes no session of a file that is there
    }
    return result;
}

bool isCapturePath(const QString& path)
{
    return path.endsWith(QStringLiteral(".har"), Qt::CaseInsensitive);
}

} // namespace framescope
