#include "ui/mainwindow/frameexport.h"

#include "core/session/exportscope.h"
#include "core/session/shapescan.h"
#include "core/store/sessionreader.h"
#include "ui/common/exportbar.h"
#include "ui/common/fileexport.h"

#include <QFileInfo>
#include <QJsonObject>

namespace framescope {

namespace {

/// On the export's own thread: times of a day are those after the session began, which its file says.
Expected<ExportResult> exportChoice(const QString& path, ExportRequest request, const FrameExport::Choice& choice,
                                    const ExportProgress& progress)
{
    if (!choice.since.isEmpty() || !choice.until.isEmpty()) {
        const auto reader = SessionReader::open(request.sessionPath);
        if (!reader)
            return tl::unexpected(reader.error());
        const auto scope = exportScopeFromText(choice.since, choice.until, firstFrameWallNs(**reader));
        if (!scope)
            return tl::unexpected(scope.error());
        request.scope = *scope;
    }
    if (!choice.spans.empty())
        request.scope.spans = choice.spans;
    request.scope.onlyMarked = choice.onlyMarked;
    return exportToFile(path, request, progress);
}

} // namespace

FrameExport::FrameExport(QObject* parent)
    : QObject(parent)
    , m_export(new FileExport(this))
    , m_bar(new ExportBar)
{
    connect(m_export, &FileExport::progressed, m_bar, &ExportBar::showProgress);
    connect(m_export, &FileExport::finished, this, &FrameExport::finish);
    connect(m_bar, &ExportBar::cancelRequested, m_export, &FileExport::cancel);
}

FrameExport::~FrameExport() = default;

void FrameExport::setSession(const QString& path)
{
    m_session = path;
    if (!m_export->isRunning())
        m_bar->hide();
}

QWidget* FrameExport::bar() const
{
    return m_bar;
}

bool FrameExport::canStart() const
{
    return !m_session.isEmpty() && !m_export->isRunning();
}

QString FrameExport::suggestedName(const Choice& choice) const
{
    const QString what = choice.what == ExportWhat::Audit ? QStringLiteral("audit") : QStringLiteral("frames");
    return QStringLiteral("%1-%2.%3").arg(QFileInfo(m_session).completeBaseName(), what, exportSuffix(choice.format));
}

void FrameExport::start(const QString& path, const Choice& choice)
{
    if (!canStart() || path.isEmpty())
        return;
    m_path = path;
    m_choice = choice;
    m_bar->showStarted(path);
    ExportRequest request;
    request.sessionPath = m_session;
    request.what = choice.what;
    request.format = choice.format;
    request.filter = choice.filter;
    m_export->start([path, request, choice](const ExportProgress& progress) {
        return exportChoice(path, request, choice, progress);
    });
}

void FrameExport::finish()
{
    const Expected<ExportResult>& result = m_export->result();
    m_bar->showResult(m_path, result);
    if (!result)
        return;
    const bool isAudit = m_choice.what == ExportWhat::Audit;
    QJsonObject detail{{QStringLiteral("rows"), qint64(result->rows)},
                       {QStringLiteral("bytes"), result->bytes},
                       {QStringLiteral("sha256"), QString::fromLatin1(result->sha256Hex)},
                       {QStringLiteral("what"), isAudit ? QStringLiteral("audit") : QStringLiteral("frames")},
                       {QStringLiteral("format"), exportSuffix(m_choice.format)}};
    if (!m_choice.filter.isEmpty())
        detail.insert(QStringLiteral("filter"), m_choice.filter.expression());
    if (m_choice.onlyMarked || !m_choice.spans.empty())
        detail.insert(QStringLiteral("scope"),
                      m_choice.onlyMarked ? QStringLiteral("marked") : QStringLiteral("selected"));
    for (const auto& [name, text] : {std::pair("since", m_choice.since), std::pair("until", m_choice.until)}) {
        if (!text.isEmpty())
            detail.insert(QLatin1String(name), text);
    }
    Q_EMIT exported(auditEvent(AuditAction::Exported, Severity::Note, m_path, detail));
}

} // namespace framescope
