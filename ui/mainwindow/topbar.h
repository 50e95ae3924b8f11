#pragma once
/// The bar under the menu: which connection this is and how it does, the actions that are used most, and what comes
/// next. Thread: gui.
#include "core/frame/framesource.h"
#include "core/genesys/notificationstate.h"

#include <QFrame>
#include <QTimer>

class QAction;
class QPushButton;

namespace framescope {

class Sentence;
class WindowActions;

class TopBar : public QFrame
{
    Q_OBJECT

public:
    TopBar(WindowActions* actions, QWidget* parent = nullptr);

    /// @p name is what people call the session; empty: none.
    void setSession(const QString& name, bool live);
    void setSource(const SourceState& state);
    /// Null: not a session of notifications.
    void setNotifications(const NotificationStatePtr& state);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QPushButton* button(QAction* action, const QString& glyph);
    void showNext();
    void showSourceNext();
    void showChannelNext();
    void fit();
    void showDot();

    QPushButton* m_profile;
    QPushButton* m_startStop;
    Sentence* m_scope; ///< channels and topics; goes where there is no room for it
    Sentence* m_next;
    Sentence* m_token;
    QFrame* m_divider;
    QTimer m_second;
    SourceState m_state;
    NotificationStatePtr m_notifications;
    bool m_live = false;
};

} // namespace framescope
