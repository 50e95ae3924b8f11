#pragma once
/// A current value beside a chart's title, in its line's colour and with its line's dash before it. Thread: gui.
#include "ui/common/theme.h"

#include <QWidget>

namespace framescope {

class LaneValue : public QWidget
{
    Q_OBJECT

public:
    LaneValue(Token colour, Qt::PenStyle dash, QWidget* parent = nullptr);

    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Token m_colour;
    Qt::PenStyle m_dash;
    QString m_text;
};

} // namespace framescope
