#include "ui/common/exportbar.h"

#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QProgressBar>

namespace framescope {

ExportBar::ExportBar(QWidget* parent)
    : QFrame(parent)
    , m_text(plainLabel())
    , m_progress(new QProgressBar)
    , m_cancel(linkButton(tr("Cancel")))
    , m_copy(linkButton(tr("Copy SHA-256")))
    , m_dismiss(linkButton(tr("Dismiss")))
{
    setKind(this, "tabrow");
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(tr("Progress of the export"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 5, 12, 5);
    row->setSpacing(10);
    row->addWidget(m_text, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_progress, m_cancel, m_copy, m_dismiss})
        row->addWidget(widget);
    connect(m_cancel, &QPushButton::clicked, this, &ExportBar::cancelRequested);
    connect(m_copy, &QPushButton::clicked, this, &ExportBar::copyDigest);
    connect(m_dismiss, &QPushButton::clicked, this, &ExportBar::hide);
    hide();
}

void ExportBar::showStarted(const QString& path)
{
    setKind(m_text, "");
    m_text->setText(tr("Exporting to %1").arg(visibleText(path)));
    m_progress->setRange(0, 0);
    m_progress->show();
    m_cancel->show();
    m_copy->hide();
    m_dismiss->hide();
    show();
}

void ExportBar::showProgress(quint64 done, quint64 all)
{
    constexpr int steps = 1'000;
    m_progress->setRange(0, all == 0 ? 0 : steps);
    if (all > 0)
        m_progress->setValue(int(double(std::min(done, all)) / double(all) * steps));
    m_text->setText(all == 0 ? tr("%1 rows written").arg(countText(done))
                             : tr("%1 of %2 rows written").arg(countText(done), countText(all)));
}

void ExportBar::showResult(const QString& path, const Expected<ExportResult>& result)
{
    m_progress->hide();
    m_cancel->hide();
    m_dismiss->show();
    m_copy->setVisible(result.has_value());
    if (result) {
        m_digest = result->sha256Hex;
        setKind(m_text, "");
        m_text->setText(tr("✓ %1 · %2 rows · %3 · SHA-256 %4")
                            .arg(visibleText(path), countText(result->rows), sizeText(quint64(result->bytes)),
                                 QString::fromLatin1(result->sha256Hex)));
    } else if (result.error().code == ErrorCode::Cancelled) {
        setKind(m_text, "secondary");
        m_text->setText(tr("Export cancelled. No file was left behind."));
    } else {
        setKind(m_text, "refused");
        m_text->setText(tr("✕ Export failed. %1").arg(errorSentence(result.error())));
    }
    m_text->setToolTip(m_text->text().toHtmlEscaped());
    show();
}

QString ExportBar::text() const
{
    return m_text->text();
}

void ExportBar::copyDigest() const
{
    QGuiApplication::clipboard()->setText(QString::fromLatin1(m_digest));
}

} // namespace framescope
