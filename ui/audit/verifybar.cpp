#include "ui/audit/verifybar.h"

#include "core/audit/chainfaults.h"
#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QThread>

namespace framescope {

namespace {

QString sentence(const char* text, const ChainReport& report)
{
    return QCoreApplication::translate("Audit", text)
        .replace(QStringLiteral("%1"), countText(report.firstBadSeq))
        .replace(QStringLiteral("%2"), countText(report.lastBadSeq))
        .replace(QStringLiteral("%3"), countText(report.badCheckpoint));
}

QString headText(const ChainReport& report)
{
    return QStringLiteral("%1:%2").arg(report.lastSeq).arg(QString::fromLatin1(toHex(report.head)));
}

} // namespace

QString wordsOf(const AuditCheck& check)
{
    const ChainReport& report = check.report;
    const QString fault = sentence(chainFaultInfo(report.fault).sentence, report);
    if (!report.isSound()) {
        const QString start = VerifyBar::tr("The audit log does not verify. %1").arg(fault);
        return report.fault == ChainFault::NoChain ? start
                                                   : VerifyBar::tr("%1 A signature covers the entries up to %2.")
                                                         .arg(start, countText(report.provenSeq));
    }
    QStringList words{VerifyBar::tr("The audit log is sound. %1").arg(fault)};
    if (report.key)
        words += VerifyBar::tr("%1 entries, signed up to %2 by %3 checkpoints with %4.")
                     .arg(countText(report.lastSeq), countText(report.provenSeq), countText(report.checkpoints),
                          check.isOwnKey ? VerifyBar::tr("this computer's key")
                                         : VerifyBar::tr("a key that only the file itself names"));
    if (report.payloadsRemoved > 0)
        words += VerifyBar::tr("Payloads of %1 frames were removed by retention, and the log says so.")
                     .arg(countText(report.payloadsRemoved));
    words += report.isEnded ? VerifyBar::tr("The recording ended in order.")
                            : VerifyBar::tr("The recording runs, or was interrupted after the last entry.");
    words += check.anchors > 0 ? VerifyBar::tr("The anchor that this computer keeps is met.")
                               : VerifyBar::tr("No anchor is known: a tail cut off would not show.");
    words += QCoreApplication::translate("Audit", chainLimits());
    return words.join(u' ');
}

VerifyBar::VerifyBar(QWidget* parent)
    : TaskBar(tr("Progress of verifying"), tr("Copy anchor"), parent)
    , m_result(failure(ErrorCode::Cancelled, QString()))
{
    label()->setWordWrap(true);
    label()->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred); // all of it is to be read
    copy()->setToolTip(
        tr("Number and hash of the last entry: kept elsewhere, they show later that nothing was cut off"));
    connect(this, &TaskBar::cancelRequested, this, [this] { m_isCancelled = true; });
    connect(copy(), &QPushButton::clicked, this, [this] {
        if (m_result)
            QGuiApplication::clipboard()->setText(headText(m_result->report));
    });
}

VerifyBar::~VerifyBar()
{
    if (!m_thread)
        return;
    m_isCancelled = true;
    m_thread->wait();
    delete m_thread;
}

void VerifyBar::start(const QString& sessionPath)
{
    if (m_thread)
        return;
    m_isCancelled = false;
    showRunning(tr("Verifying the audit log …"));
    m_thread = QThread::create([this, sessionPath] {
        m_result = checkAuditLog(sessionPath, {}, [this](quint64 done, quint64 all) {
            QMetaObject::invokeMethod(
                this, [this, done, all] { showProgress(done, all); }, Qt::QueuedConnection);
            return !m_isCancelled;
        });
    });
    m_thread->setObjectName(QStringLiteral("verify"));
    connect(m_thread, &QThread::finished, this, [this] {
        m_thread->wait();
        m_thread->deleteLater();
        m_thread = nullptr;
        showResult();
        Q_EMIT finished();
    });
    m_thread->start();
}

void VerifyBar::showProgress(quint64 done, quint64 all)
{
    TaskBar::showProgress(done, all,
                          all == 0 ? tr("Verifying the audit log …")
                                   : tr("Verifying: %1 of %2 entries").arg(countText(done), countText(all)));
}

void VerifyBar::showResult()
{
    if (m_result)
        showEnded(wordsOf(*m_result), m_result->report.isSound() ? "" : "refused", m_result->report.isSound());
    else if (m_result.error().code == ErrorCode::Cancelled)
        showEnded(tr("Verifying was cancelled."), "secondary", false);
    else
        showEnded(errorSentence(m_result.error()), "refused", false);
    fitWords();
}

void VerifyBar::resizeEvent(QResizeEvent* event)
{
    TaskBar::resizeEvent(event);
    fitWords();
}

/// A layout takes room from a text that wraps before it takes any from the table above.
void VerifyBar::fitWords()
{
    label()->setMinimumHeight(isRunning() ? 0 : label()->heightForWidth(label()->width()));
}

} // namespace framescope
