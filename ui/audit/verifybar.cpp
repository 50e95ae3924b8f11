#include "ui/audit/verifybar.h"

#include "core/audit/chainfaults.h"
#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"
#include "ui/common/widgets.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QProgressBar>
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
    words += report.isEnded ? VerifyBar::tr("The recording ended in order.")
                            : VerifyBar::tr("The recording runs, or was interrupted after the last entry.");
    words += check.anchors > 0 ? VerifyBar::tr("The anchor that this computer keeps is met.")
                               : VerifyBar::tr("No anchor is known: a tail cut off would not show.");
    words += QCoreApplication::translate("Audit", chainLimits());
    return words.join(u' ');
}

VerifyBar::VerifyBar(QWidget* parent)
    : QFrame(parent)
    , m_text(plainLabel())
    , m_progress(new QProgressBar)
    , m_cancel(linkButton(tr("Cancel")))
    , m_copy(linkButton(tr("Copy anchor")))
    , m_dismiss(linkButton(tr("Dismiss")))
    , m_result(failure(ErrorCode::Cancelled, QString()))
{
    setKind(this, "tabrow");
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(tr("Progress of verifying"));
    m_copy->setToolTip(
        tr("Number and hash of the last entry: kept elsewhere, they show later that nothing was cut off"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 5, 12, 5);
    row->setSpacing(10);
    row->addWidget(m_text, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_progress, m_cancel, m_copy, m_dismiss})
        row->addWidget(widget);
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_isCancelled = true; });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (m_result)
            QGuiApplication::clipboard()->setText(headText(m_result->report));
    });
    connect(m_dismiss, &QPushButton::clicked, this, &VerifyBar::hide);
    hide();
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
    setKind(m_text, "");
    showProgress(0, 0);
    m_progress->show();
    m_cancel->show();
    m_copy->hide();
    m_dismiss->hide();
    show();
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
    constexpr int steps = 1'000;
    m_progress->setRange(0, all == 0 ? 0 : steps);
    if (all > 0)
        m_progress->setValue(int(double(std::min(done, all)) / double(all) * steps));
    m_text->setText(all == 0 ? tr("Verifying the audit log …")
                             : tr("Verifying: %1 of %2 entries").arg(countText(done), countText(all)));
}

void VerifyBar::showResult()
{
    m_progress->hide();
    m_cancel->hide();
    m_dismiss->show();
    m_copy->setVisible(m_result && m_result->report.isSound());
    if (m_result) {
        setKind(m_text, m_result->report.isSound() ? "" : "refused");
        m_text->setText(wordsOf(*m_result));
    } else if (m_result.error().code == ErrorCode::Cancelled) {
        m_text->setText(tr("Verifying was cancelled."));
    } else {
        setKind(m_text, "refused");
        m_text->setText(errorSentence(m_result.error()));
    }
}

QString VerifyBar::text() const
{
    return m_text->text();
}

} // namespace framescope
