#include "ui/mainwindow/replaybar.h"

#include "ui/common/numbers.h"
#include "ui/common/sentence.h"
#include "ui/common/widgets.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <array>

namespace framescope {

namespace {

constexpr std::array<double, 9> speeds{0.1, 0.25, 0.5, 1, 2, 5, 10, 100, 0};

QString speedText(double speed)
{
    return speed == 0 ? QCoreApplication::translate("Replay", "as fast as possible")
                      : QCoreApplication::translate("Replay", "%1 × speed").arg(QLocale().toString(speed));
}

SentencePart strongPart(const QString& text, Token color = Token::Text)
{
    return {text, true, color};
}

} // namespace

void fillReplaySpeeds(QComboBox* box, double current)
{
    for (const double speed : speeds)
        box->addItem(speedText(speed), speed);
    if (box->findData(current) < 0)
        box->insertItem(0, speedText(current), current);
    box->setCurrentIndex(box->findData(current));
}

ReplayBar::ReplayBar(QWidget* parent)
    : QFrame(parent)
    , m_words(new Sentence(this))
    , m_speed(new QComboBox(this))
    , m_pause(new QPushButton(this))
    , m_step(new QPushButton(tr("Step"), this))
{
    setKind(this, "bar");
    setAccessibleName(tr("Replay"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 12, 6);
    layout->setSpacing(8);
    layout->addWidget(titleLabel(tr("REPLAY"), this));
    layout->addWidget(m_words);
    layout->addStretch(1);
    layout->addWidget(m_speed);
    layout->addWidget(m_pause);
    layout->addWidget(m_step);
    fillReplaySpeeds(m_speed, 1);
    m_speed->setAccessibleName(tr("Speed of the replay"));
    m_pause->setToolTip(tr("Hold the replay itself; the view goes on"));
    m_step->setToolTip(tr("The next frame, while the replay is held"));
    connect(m_speed, &QComboBox::activated, this, [this] { Q_EMIT speedChosen(m_speed->currentData().toDouble()); });
    connect(m_pause, &QPushButton::clicked, this, [this] { Q_EMIT pauseAsked(!m_isPaused); });
    connect(m_step, &QPushButton::clicked, this, &ReplayBar::stepAsked);
    showRecorded();
}

void ReplayBar::showRecorded()
{
    m_words->setParts({{tr("Recorded from another session; its audit log says from which, and what was left out.")}});
    offerPace(false);
}

void ReplayBar::showState(const ReplayState& state)
{
    QList<SentencePart> parts{
        {tr("frame ")}, strongPart(countText(state.frame)), {tr(" of ")}, strongPart(countText(state.frames))};
    if (state.recordedWallNs != 0)
        parts += {{tr(" · recorded ")}, strongPart(utcDateTimeText(state.recordedWallNs)), {tr(" UTC")}};
    if (state.unreplayable > 0)
        parts +=
            {{tr(" · left out ")}, strongPart(countText(state.unreplayable), Token::Warning), {tr(" without payload")}};
    if (state.masked > 0)
        parts += {{tr(" · masked ")}, strongPart(countText(state.masked), Token::Warning)};
    if (state.hasEnded)
        parts += {state.frame == state.frames ? tr(" · complete") : tr(" · ended before its end"), false, Token::Text};
    else if (state.isPaused)
        parts += {tr(" · held"), true, Token::Text};
    m_words->setParts(parts);
    m_isPaused = state.isPaused;
    m_pause->setText(state.isPaused ? tr("Resume replay") : tr("Hold replay"));
    m_step->setEnabled(state.isPaused);
    if (const int index = m_speed->findData(state.speed); index >= 0)
        m_speed->setCurrentIndex(index);
    offerPace(!state.hasEnded && state.frames > 0);
}

void ReplayBar::offerPace(bool offered)
{
    for (QWidget* widget :
         {static_cast<QWidget*>(m_speed), static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_step)})
        widget->setVisible(offered);
}

} // namespace framescope
