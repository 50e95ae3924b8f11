#include "ui/common/exportbar.h"

#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>

namespace framescope {

ExportBar::ExportBar(QWidget* parent)
    : TaskBar(tr("Progress of the export"), tr("Copy SHA-256"), parent)
{
    connect(copy(), &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(QString::fromLatin1(m_digest)); });
}

void ExportBar::showStarted(const QString& path)
{
    showRunning(tr("Exporting to %1").arg(visibleText(path)));
}

void ExportBar::showProgress(quint64 done, quint64 all)
{
    TaskBar::showProgress(done, all,
                          all == 0 ? tr("%1 rows written").arg(countText(done))
                                   : tr("%1 of %2 rows written").arg(countText(done), countText(all)));
}

void ExportBar::showResult(const QString& path, const Expected<ExportResult>& result)
{
    if (result) {
        m_digest = result->sha256Hex;
        QString words = tr("✓ %1 · %2 rows · %3 · SHA-256 %4")
                            .arg(visibleText(path), countText(result->rows), sizeText(quint64(result->bytes)),
                                 QString::fromLatin1(result->sha256Hex));
        if (result->marksPassedOver > 0)
            words = tr("%1 · more frames are marked than are kept in memory: %2 changes of marks were passed over")
                        .arg(words, countText(result->marksPassedOver));
        showEnded(words, "", true);
    } else if (result.error().code == ErrorCode::Cancelled) {
        showEnded(tr("Export cancelled. No file was left behind."), "secondary", false);
    } else {
        showEnded(tr("✕ Export failed. %1").arg(errorSentence(result.error())), "refused", false);
    }
}

} // namespace framescope
