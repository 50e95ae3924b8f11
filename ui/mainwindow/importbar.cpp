#include "ui/mainwindow/importbar.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QThread>

namespace framescope {

namespace {
constexpr qint64 importReportMs = 100;
}

ImportBar::ImportBar(QWidget* parent)
    : TaskBar(tr("Progress of the import"), {}, parent)
    , m_result(failure(ErrorCode::Cancelled, QString()))
{
    connect(this, &TaskBar::cancelRequested, this, &ImportBar::cancel);
}

ImportBar::~ImportBar()
{
    if (!m_thread)
        return;
    cancel();
    m_thread->wait();
    delete m_thread;
}

void ImportBar::start(ImportRequest request)
{
    if (m_isRunning)
        return;
    m_isRunning = true;
    m_isCancelled = false;
    m_redaction = request.payloads == PayloadPolicy::Redacted ? request.redaction : RedactionRules();
    showRunning(tr("Importing %1").arg(visibleText(QFileInfo(request.capturePath).fileName())));
    request.anchorFolder = defaultAnchorFolder();
    obtainSigningKey(this, [this, request = std::move(request)](const Expected<HeldKey>& key) {
        ImportRequest own = request;
        if (key)
            own.signingKey = *key;
        run(std::move(own));
    });
}

void ImportBar::run(ImportRequest request)
{
    m_result = failure(ErrorCode::Cancelled, QString());
    m_thread = QThread::create([this, own = std::move(request)] {
        QElapsedTimer sinceReport;
        sinceReport.start();
        m_result = importCapture(own, [&](ImportStage stage, quint64 done, quint64 all) {
            if (sinceReport.elapsed() >= importReportMs) {
                sinceReport.restart();
                QMetaObject::invokeMethod(
                    this, [this, stage, done, all] { showProgress(stage, done, all); }, Qt::QueuedConnection);
            }
            return !m_isCancelled;
        });
    });
    m_thread->setObjectName(QStringLiteral("import"));
    connect(m_thread, &QThread::finished, this, &ImportBar::finish);
    m_thread->start();
}

void ImportBar::cancel()
{
    m_isCancelled = true;
}

void ImportBar::showProgress(ImportStage stage, quint64 done, quint64 all)
{
    TaskBar::showProgress(done, all,
                          stage == ImportStage::Checking
                              ? tr("Checking the capture: %1 of %2").arg(sizeText(done), sizeText(all))
                              : tr("Importing: %1 of %2 messages").arg(countText(done), countText(all)));
}

void ImportBar::finish()
{
    m_thread->wait();
    m_thread->deleteLater();
    m_thread = nullptr;
    m_isRunning = false;
    if (!m_result) {
        hide();
        if (m_result.error().code != ErrorCode::Cancelled)
            Q_EMIT failed(m_result.error());
        return;
    }
    const quint64 passedOver = m_result->others + m_result->unreadable;
    QString words = tr("Imported %1 messages").arg(countText(m_result->frames));
    if (passedOver > 0)
        words += tr("; %1 that are none, or could not be read, were passed over").arg(countText(passedOver));
    words += redactedWords() + QLatin1Char('.');
    if (passedOver > 0 || !m_redaction.isEmpty())
        showEnded(words, "", false);
    else
        hide();
    Q_EMIT imported(m_result->sessionPath);
}

/// Also of rules that found nothing: such a rule may lead to the wrong place.
QString ImportBar::redactedWords() const
{
    if (m_redaction.isEmpty())
        return {};
    QStringList parts;
    for (const auto& [name, count] : valuesByName(m_redaction, m_result->redaction))
        parts += QString::fromUtf8(name) + QLatin1Char(' ') + countText(count);
    QString words = tr("; redacted: %1").arg(parts.join(QStringLiteral(", ")));
    if (m_result->redaction.withheld > 0)
        words += tr("; %1 in which rules find no places keep their digest only")
                     .arg(countText(m_result->redaction.withheld));
    return words;
}

} // namespace framescope
