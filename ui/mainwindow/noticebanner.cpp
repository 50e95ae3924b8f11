#include "ui/mainwindow/noticebanner.h"

#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/connection/errorwords.h"

#include <QHBoxLayout>

namespace framescope {

NoticeBanner::NoticeBanner(QWidget* parent)
    : QFrame(parent)
    , m_words(titleLabel({}, this))
    , m_nextStep(plainLabel({}, this))
    , m_reconnect(linkButton(tr("Reconnect now"), this))
{
    setKind(this, "notice");
    setAccessibleName(tr("Notice"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 8, 6);
    layout->setSpacing(10);
    QLabel* glyph = titleLabel(QStringLiteral("!"), this);
    setKind(glyph, "warning");
    m_nextStep->setWordWrap(true);
    QPushButton* dismiss = linkButton(tr("Dismiss"), this);
    layout->addWidget(glyph, 0, Qt::AlignTop);
    layout->addWidget(m_words, 0, Qt::AlignTop);
    layout->addWidget(m_nextStep, 1);
    layout->addWidget(m_reconnect, 0, Qt::AlignTop);
    layout->addWidget(dismiss, 0, Qt::AlignTop);
    connect(m_reconnect, &QPushButton::clicked, this, &NoticeBanner::reconnectRequested);
    connect(dismiss, &QPushButton::clicked, this, &NoticeBanner::clear);
    clear();
}

void NoticeBanner::showError(const Error& error)
{
    showWords(errorSentence(error), errorNextStep(error.code));
}

void NoticeBanner::showWords(const QString& words, const QString& nextStep)
{
    m_words->setText(visibleText(words));
    m_nextStep->setText(visibleText(nextStep));
    setAccessibleDescription(words + QLatin1Char(' ') + nextStep);
    show();
}

void NoticeBanner::offerReconnect(bool offered)
{
    m_reconnect->setVisible(offered);
}

void NoticeBanner::clear()
{
    m_reconnect->hide();
    hide();
}

} // namespace framescope
