#include "ui/mainwindow/importbar.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QThread>

namespace framescope {

namespace {
constexpr qint64 importReportMs = 100;
}

ImportBar::ImportBar(QWidget* parent)
    : QFrame(parent)
    , m_text(plainLabel())
    , m_progress(new QProgressBar)
    , m_cancel(linkButton(tr("Cancel")))
    , m_dismiss(linkButton(tr("Dismiss")))
{
    setKind(this, "tabrow");
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_progress->setRange(0, 1'000);
    m_progress->setAccessibleName(tr("Progress of the import"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 5, 12, 5);
    row->setSpacing(10);
    row->addWidget(m_text, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_progress, m_cancel, m_dismiss})
        row->addWidget(widget);
    connect(m_cancel, &QPushButton::clicked, this, &ImportBar::cancel);
    connect(m_dismiss, &QPushButton::clicked, this, &ImportBar::hide);
    hide();
}

ImportBar::~ImportBar()
{
    if (!m_thread)
        return;
    cancel();
    m_thread->wait();
    delete m_thread;
}

void ImportBar::start(const QString& capturePath)
{
    if (m_isRunning)
        return;
    m_isRunning = true;
    m_isCancelled = false;
    m_text->setText(tr("Importing %1").arg(visibleText(QFileInfo(capturePath).fileName())));
    m_progress->setValue(0);
    m_progress->show();
    m_cancel->show();
    m_dismiss->hide();
    show();
    ImportRequest request;
    request.capturePath = capturePath;
    request.anchorFolder = defaultAnchorFolder();
    obtainSigningKey(this, [this, request](const Expected<HeldKey>& key) {
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
    if (all > 0)
        m_progress->setValue(int(double(std::min(done, all)) / double(all) * m_progress->maximum()));
    m_text->setText(stage == ImportStage::Checking
                        ? tr("Checking the capture: %1 of %2").arg(sizeText(done), sizeText(all))
                        : tr("Importing: %1 of %2 messages").arg(countText(done), countText(all)));
}

void ImportBar::finish()
{
    m_thread->wait();
    m_thread->deleteLater();
    m_thread = nullptr;
    m_isRunning = false;
    m_progress->hide();
    m_cancel->hide();
    m_dismiss->show();
    if (!m_result) {
        hide();
        if (m_result.error().code != ErrorCode::Cancelled)
            Q_EMIT failed(m_result.error());
        return;
    }
    const quint64 passedOver = m_result->others + m_result->unreadable;
    m_text->setText(passedOver == 0
                        ? tr("Imported %1 messages.").arg(countText(m_result->frames))
                        : tr("Imported %1 messages; %2 that are none, or could not be read, were passed over.")
                              .arg(countText(m_result->frames), countText(passedOver)));
    setVisible(passedOver > 0);
    Q_EMIT imported(m_result->sessionPath);
}

QString ImportBar::text() const
{
    return m_text->text();
}

} // namespace framescope
