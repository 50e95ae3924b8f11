#include "ui/common/taskbar.h"

#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <algorithm>

namespace framescope {

TaskBar::TaskBar(const QString& progressName, const QString& copyText, QWidget* parent)
    : QFrame(parent)
    , m_text(plainLabel())
    , m_progress(new QProgressBar)
    , m_cancel(linkButton(tr("Cancel")))
    , m_copy(linkButton(copyText))
    , m_dismiss(linkButton(tr("Dismiss")))
{
    setKind(this, "tabrow");
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(progressName);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 5, 12, 5);
    row->setSpacing(10);
    row->addWidget(m_text, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_progress, m_cancel, m_copy, m_dismiss})
        row->addWidget(widget);
    connect(m_cancel, &QPushButton::clicked, this, &TaskBar::cancelRequested);
    connect(m_dismiss, &QPushButton::clicked, this, &TaskBar::hide);
    hide();
}

QString TaskBar::text() const
{
    return m_text->text();
}

void TaskBar::showRunning(const QString& words)
{
    setKind(m_text, "");
    showProgress(0, 0, words);
    m_progress->show();
    m_cancel->show();
    m_copy->hide();
    m_dismiss->hide();
    show();
}

void TaskBar::showProgress(quint64 done, quint64 all, const QString& words)
{
    constexpr int steps = 1'000;
    m_progress->setRange(0, all == 0 ? 0 : steps);
    if (all > 0)
        m_progress->setValue(int(double(std::min(done, all)) / double(all) * steps));
    m_text->setText(words);
}

void TaskBar::showEnded(const QString& words, const char* kind, bool offersCopy)
{
    m_progress->hide();
    m_cancel->hide();
    m_dismiss->show();
    m_copy->setVisible(offersCopy);
    setKind(m_text, kind);
    m_text->setText(words);
    m_text->setToolTip(words.toHtmlEscaped());
    show();
}

} // namespace framescope
