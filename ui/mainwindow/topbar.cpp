#include "ui/mainwindow/topbar.h"

#include "core/base/clock.h"
#include "ui/common/numbers.h"
#include "ui/common/sentence.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/topics/lanewords.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

namespace framescope {

namespace {

Token dotToken(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Connected:
        return Token::Accepted;
    case SourcePhase::Waiting:
    case SourcePhase::Suspended:
    case SourcePhase::SigningIn:
    case SourcePhase::Connecting:
        return Token::Warning;
    case SourcePhase::Failed:
        return Token::Refused;
    default:
        return Token::SecondaryText;
    }
}

} // namespace

TopBar::TopBar(WindowActions* actions, QWidget* parent)
    : QFrame(parent)
    , m_profile(new QPushButton(this))
    , m_scope(new Sentence(this))
    , m_next(new Sentence(this))
    , m_token(new Sentence(this))
    , m_divider(dividerLine(this))
{
    setKind(this, "bar");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 7, 12, 7);
    layout->setSpacing(8);
    auto* menu = new QMenu(m_profile);
    menu->addActions({actions->newConnection, actions->demo, actions->openSession});
    m_profile->setMenu(menu);
    setKind(m_profile, "menu");
    m_profile->setFont(semiBold(Theme::instance().interfaceFont()));
    m_profile->setAccessibleName(tr("Connection"));
    layout->addWidget(m_profile);
    m_startStop = button(actions->startStop, {});
    layout->addWidget(m_startStop);
    layout->addWidget(button(actions->pause, QStringLiteral("❚❚")));
    layout->addWidget(button(actions->follow, QStringLiteral("↧")));
    QFrame* line = dividerLine(this);
    line->setFixedHeight(20);
    layout->addWidget(line);
    layout->addWidget(button(actions->toggleMark, QStringLiteral("◇")));
    layout->addWidget(button(actions->exportFrames, QStringLiteral("⤓")));
    layout->addStretch(1);
    layout->addWidget(m_scope);
    layout->addSpacing(8);
    layout->addWidget(m_next);
    m_divider->setFixedHeight(20);
    layout->addWidget(m_divider);
    layout->addWidget(m_token);
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &TopBar::showNext);
    connect(&Theme::instance(), &Theme::changed, this, &TopBar::showDot);
    setSession({}, false);
}

/// A button is its action with a glyph before the words.
QPushButton* TopBar::button(QAction* action, const QString& glyph)
{
    auto* result = new QPushButton(this);
    result->setFocusPolicy(Qt::TabFocus);
    const auto sync = [result, action, glyph] {
        QString words = action->text();
        words.remove(QLatin1Char('&'));
        words.replace(tr("Follow newest"), tr("Follow"));
        const QString mark = !glyph.isEmpty() ? glyph : words == tr("Stop") ? QStringLiteral("■") : QStringLiteral("▶");
        result->setText(mark + QLatin1Char(' ') + words);
        result->setAccessibleName(words);
        result->setEnabled(action->isEnabled());
        result->setCheckable(action->isCheckable());
        result->setChecked(action->isChecked());
        result->setToolTip(action->toolTip());
        result->setStatusTip(action->statusTip());
        if (glyph.isEmpty())
            setKind(result, action->isEnabled() ? "primary" : "");
    };
    connect(action, &QAction::changed, result, sync);
    connect(result, &QPushButton::clicked, action, [action, sync] {
        action->trigger();
        sync();
    });
    sync();
    return result;
}

void TopBar::setSession(const QString& name, bool live)
{
    m_live = live;
    m_profile->setText(name.isEmpty() ? tr("No session") : name);
    m_profile->setAccessibleName(tr("Connection: %1").arg(m_profile->text()));
    m_state = {};
    showDot();
    showNext();
    live ? m_second.start() : m_second.stop();
}

void TopBar::setSource(const SourceState& state)
{
    m_state = state;
    showDot();
    showNext();
}

void TopBar::showDot()
{
    constexpr int size = 16;
    const qreal ratio = devicePixelRatioF();
    QPixmap dot(QSize(size, size) * ratio);
    dot.setDevicePixelRatio(ratio);
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::instance().color(dotToken(m_state.phase)));
    painter.drawEllipse(QRectF(4, 4, 8, 8));
    m_profile->setIcon(QIcon(dot));
}

void TopBar::setNotifications(const NotificationStatePtr& state)
{
    m_notifications = state;
    showNext();
}

void TopBar::showNext()
{
    m_scope->setParts(m_notifications ? QList<SentencePart>{{notificationsSentence(*m_notifications)}}
                                      : QList<SentencePart>{});
    if (m_notifications && m_live && !m_notifications->lanes.empty())
        showChannelNext();
    else
        showSourceNext();
    m_divider->setVisible(!m_next->text().isEmpty() && !m_token->text().isEmpty());
    fit();
}

/// Of the channels, what comes next: a reconnect, the end of a channel, the end of the token. What ends first is
/// strong.
void TopBar::showChannelNext()
{
    const Instant moment = now();
    const NotificationState& state = *m_notifications;
    const auto waits = std::find_if(state.lanes.begin(), state.lanes.end(), [](const LaneStatus& lane) {
        return lane.closingDeadlineMonoNs > 0 || (lane.phase == SourcePhase::Waiting && lane.nextAttemptMonoNs > 0);
    });
    const LaneStatus* first = firstEndingLane(state);
    const bool isChannelFirst = first && channelEndsFirst(first->channelExpiresWallNs, state.tokenExpiresWallNs);
    if (waits != state.lanes.end()) {
        LaneStatus lane = *waits;
        lane.error.reset(); // the banner has room for it
        m_next->setParts({{tr("Channel %1 ").arg(lane.lane)}, {laneNextText(lane, moment), true, Token::Warning}});
    } else if (first) {
        m_next->setParts({{first->renewing ? tr("Renewing, channel ends in ") : tr("Channel ends in ")},
                          {endsInText(first->channelExpiresWallNs, moment), isChannelFirst, Token::Text}});
    } else {
        m_next->setParts({});
    }
    if (state.tokenExpiresWallNs == 0)
        m_token->setParts({});
    else
        m_token->setParts(
            {{tr("Token ")}, {endsInText(state.tokenExpiresWallNs, moment), !isChannelFirst, Token::Text}});
}

void TopBar::showSourceNext()
{
    QList<SentencePart> next;
    const bool waits = m_state.phase == SourcePhase::Waiting || m_state.phase == SourcePhase::Suspended;
    if (m_live && waits && m_state.nextAttemptMonoNs > 0) {
        const qint64 left = (m_state.nextAttemptMonoNs - monotonicNs() + nsPerSecond - 1) / nsPerSecond;
        next = {{m_state.phase == SourcePhase::Waiting ? tr("Reconnect in ") : tr("Breaker probes in ")},
                {countdownText(left), true, Token::Text}};
    } else if (m_live && m_state.phase == SourcePhase::Connected && m_state.roundTripNs >= 0) {
        next = {{tr("Round trip ")}, {durationText(m_state.roundTripNs), true, Token::Text}};
    }
    m_next->setParts(next);
    QList<SentencePart> token;
    if (m_live && m_state.tokenExpiresWallNs > 0) {
        const qint64 left = (m_state.tokenExpiresWallNs - now().wallNs) / nsPerSecond;
        token = {{tr("Token ")}, {left > 0 ? countdownText(left) : tr("expired"), true, Token::Text}};
    }
    m_token->setParts(token);
}

void TopBar::fit()
{
    // The buttons and the countdowns stay whole; what is said elsewhere too makes room for them.
    int needed = m_scope->sizeHint().width();
    for (int i = 0; i < layout()->count(); ++i) {
        const QLayoutItem* item = layout()->itemAt(i);
        if (item->widget() && item->widget() != m_scope && !item->widget()->isHidden())
            needed += item->widget()->sizeHint().width() + layout()->spacing();
    }
    constexpr int margins = 40;
    m_scope->setVisible(needed + margins <= width() && !m_scope->text().isEmpty());
}

void TopBar::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    fit();
}

} // namespace framescope
