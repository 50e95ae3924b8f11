#include "ui/mainwindow/noticebanner.h"

#include "ui/common/errorwords.h"
#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"

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
    layout->setContentsMargins(24, 14, 20, 6); // with the style sheet's margin around the sheet: 8 above, 12 beside
    layout->setSpacing(10);
    QLabel* glyph = titleLabel(QStringLiteral("!"), this);
    setKind(glyph, "warning");
    m_words->setWordWrap(true);
    m_nextStep->setWordWrap(true);
    QPushButton* dismiss = linkButton(tr("Dismiss"), this);
    auto* text = new QVBoxLayout;
    text->setSpacing(1);
    text->addWidget(m_words);
    text->addWidget(m_nextStep);
    layout->addWidget(glyph, 0, Qt::AlignTop);
    layout->addLayout(text, 1);
    layout->addWidget(m_reconnect);
    layout->addWidget(dismiss);
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
    m_nextStep->setVisible(!nextStep.isEmpty());
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
