#pragma once
/// The strip above a session that is a replay: says so, how far it is, and holds its pace (speed, pause, one step).
/// Thread: gui.
#include "core/replay/replaystate.h"

#include <QFrame>

class QComboBox;
class QPushButton;

namespace framescope {

class Sentence;

/// Fills @p box with the speeds of a replay, each with its number as data.
void fillReplaySpeeds(QComboBox* box, double current);

class ReplayBar : public QFrame
{
    Q_OBJECT

public:
    explicit ReplayBar(QWidget* parent = nullptr);

    /// A replay that was recorded earlier, or one of which nothing is known yet: no state.
    void showRecorded();
    void showState(const ReplayState& state);

Q_SIGNALS:
    void speedChosen(double speed);
    void pauseAsked(bool paused);
    void stepAsked();

private:
    void offerPace(bool offered);

    Sentence* m_words;
    QComboBox* m_speed;
    QPushButton* m_pause;
    QPushButton* m_step;
    bool m_isPaused = false;
};

} // namespace framescope
